/**
 * Keyed loops: items with the same key run one after the other in item order.
 *
 * Invariant: a key is busy from the start of its first item until the end of its last one that was
 * pulled; an item is held back only while its key is busy, so a free slot never waits for a held item.
 * @module
 */
import type { Frame } from '../frame.ts';

export interface HeldItem {
  readonly item: unknown;
  readonly index: number;
}

export class KeyedItems {
  readonly #busy = new Map<unknown, HeldItem[]>();
  readonly #keys = new Map<number, unknown>();
  /** How many items are held back. */
  held = 0;

  /** Marks the key busy for this item; or, when it is busy, holds the item back and says false. */
  admit(key: unknown, item: unknown, index: number): boolean {
    const waiting = this.#busy.get(key);
    if (waiting !== undefined) {
      waiting.push({ item, index });
      this.held++;
      return false;
    }
    this.#busy.set(key, []);
    this.#keys.set(index, key);
    return true;
  }

  /** The item that may run now that this iteration has ended. */
  release(frame: Frame): HeldItem | undefined {
    const key = this.#keys.get(frame.index);
    this.#keys.delete(frame.index);
    const next = this.#busy.get(key)?.shift();
    if (next === undefined) this.#busy.delete(key);
    else {
      this.held--;
      this.#keys.set(next.index, key);
    }
    return next;
  }

  /** What is held back. */
  heldItems(): HeldItem[] {
    return [...this.#busy.values()].flat();
  }

  /** Forgets what is held back. */
  clear(): void {
    this.#busy.clear();
    this.held = 0;
  }
}
