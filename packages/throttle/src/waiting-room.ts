/**
 * Those who wait for a limiter: a room in which the highest priority comes first, and a line in front of it.
 *
 * Invariant: nobody stands in the line while there is a place in the room. Joining, leaving from wherever, and
 * taking out the first each take O(log n).
 * @module
 */
import type { Permit } from '@runafter/clock';
import { Heap, type HeapEntry } from '@runafter/clock/waiting';

/** Somebody who waits. There may be many, so it is one object, with functions only where they are needed. */
export interface Waiter {
  readonly weight: number;
  readonly priority: number;
  /** The number of the call. */
  readonly sequence: number;
  readonly resolve: (permit: Permit) => void;
  readonly reject: (error: unknown) => void;
  /** No longer heeds the caller's signal, if there is one. */
  forgetSignal?: () => void;
  /** Where it stands, which is the room's to know: it moves from the line into the room. */
  place?: { readonly area: Heap<Waiter>; readonly entry: HeapEntry<Waiter> };
}

export class WaitingRoom {
  /** How many the room holds. */
  readonly capacity: number;
  readonly #room = new Heap<Waiter>((a, b) => b.priority - a.priority || a.sequence - b.sequence);
  readonly #line = new Heap<Waiter>((a, b) => a.sequence - b.sequence);

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
    return this.#room.peek();
  }

  /** Goes into the room, or into the line while the room is full. */
  join(waiter: Waiter): void {
    stand(waiter, this.isFull ? this.#line : this.#room);
  }

  /** Gives up a place, wherever it is; does nothing for who was taken out before. */
  leave({ place }: Waiter): void {
    place?.area.remove(place.entry);
    this.#moveUp();
  }

  /** Takes out whoever is next. */
  takeFirst(): Waiter | undefined {
    const first = this.#room.pop();
    this.#moveUp();
    return first;
  }

  #moveUp(): void {
    if (this.isFull) return;
    const next = this.#line.pop();
    if (next !== undefined) stand(next, this.#room);
  }
}

function stand(waiter: Waiter, area: Heap<Waiter>): void {
  waiter.place = { area, entry: area.push(waiter) };
}
