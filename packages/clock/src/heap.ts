/**
 * A binary heap whose entries can be removed from the middle.
 *
 * Invariant: an entry's `index` is its place in the array, so that cancelling a timer or dropping an
 * aborted waiter takes O(log n) and leaves nothing behind.
 * @module
 */

/** An item's place in a {@link Heap}. */
export interface HeapEntry<T> {
  readonly item: T;
  /** -1 when it is not in the heap any more. */
  index: number;
}

/** Hands out the smallest item first. Equal items come in any order, so compare a sequence number. */
export class Heap<T> {
  readonly #entries: HeapEntry<T>[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The smallest item, which stays in. */
  peek(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** Adds an item and returns its place, for {@link Heap.remove}. */
  push(item: T): HeapEntry<T> {
    const entry = { item, index: this.#entries.length };
    this.#entries.push(entry);
    this.#siftUp(entry);
    return entry;
  }

  /** Takes out the smallest item. */
  pop(): T | undefined {
    const first = this.#entries[0];
    if (first !== undefined) this.remove(first);
    return first?.item;
  }

  /** Takes an item out, wherever it is; false when it is not in any more. */
  remove(entry: HeapEntry<T>): boolean {
    const { index } = entry;
    if (index === -1) return false;
    entry.index = -1;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, index);
      this.#siftUp(last);
      this.#siftDown(last);
    }
    return true;
  }

  #place(entry: HeapEntry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }

  #siftUp(entry: HeapEntry<T>): void {
    while (entry.index > 0) {
      const index = entry.index;
      const parent = this.#entries[(index - 1) >> 1];
      if (parent === undefined || this.#compare(parent.item, entry.item) <= 0) return;
      this.#place(entry, parent.index);
      this.#place(parent, index);
    }
  }

  #siftDown(entry: HeapEntry<T>): void {
    for (;;) {
      const index = entry.index;
      const child = this.#smallerChild(index);
      if (child === undefined || this.#compare(entry.item, child.item) <= 0) return;
      this.#place(entry, child.index);
      this.#place(child, index);
    }
  }

  #smallerChild(index: number): HeapEntry<T> | undefined {
    const left = this.#entries[2 * index + 1];
    const right = this.#entries[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return this.#compare(left.item, right.item) <= 0 ? left : right;
  }
}
