/**
 * Those who wait for a limiter: a room in which the highest priority comes first, and a line in front of it.
 *
 * Invariant: nobody stands in the line while there is a place in the room. Joining, leaving from wherever, and
 * taking out the first each take O(log n).
 * @module
 */
import type { Permit } from '@runafter/clock';
import { Heap, type HeapEntry } from '@runafter/clock/heap';

/** Somebody who waits. */
export interface Waiter {
  readonly weight: number;
  readonly priority: number;
  /** The number of the call. */
  readonly sequence: number;
  readonly admit: (permit: Permit) => void;
  readonly refuse: (error: unknown) => void;
}

/** Where somebody stands; it moves from the line into the room. */
interface Place {
  readonly waiter: Waiter;
  area: Heap<Place>;
  entry: HeapEntry<Place>;
}

export class WaitingRoom {
  /** How many the room holds. */
  readonly capacity: number;
  readonly #room = new Heap<Place>(
    ({ waiter: a }, { waiter: b }) => b.priority - a.priority || a.sequence - b.sequence,
  );
  readonly #line = new Heap<Place>(({ waiter: a }, { waiter: b }) => a.sequence - b.sequence);

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** How many are in the room. */
  get waiting(): number {
    return this.#room.size;
  }

  /** How many stand in the line in front of it. */
  get outside(): number {
    return this.#line.size;
  }

  get isFull(): boolean {
    return this.#room.size >= this.capacity;
  }

  /** Whoever is next. */
  get first(): Waiter | undefined {
    return this.#room.peek()?.waiter;
  }

  /**
   * Goes into the room, or into the line while the room is full.
   *
   * @returns leaves again; does nothing for who was taken out before.
   */
  join(waiter: Waiter): () => void {
    const place = { waiter } as Place;
    this.#stand(place, this.isFull ? this.#line : this.#room);
    return () => {
      place.area.remove(place.entry);
      this.#moveUp();
    };
  }

  /** Takes out whoever is next. */
  takeFirst(): Waiter | undefined {
    const first = this.#room.pop();
    this.#moveUp();
    return first?.waiter;
  }

  #moveUp(): void {
    if (this.isFull) return;
    const next = this.#line.pop();
    if (next !== undefined) this.#stand(next, this.#room);
  }

  #stand(place: Place, area: Heap<Place>): void {
    place.area = area;
    place.entry = area.push(place);
  }
}
