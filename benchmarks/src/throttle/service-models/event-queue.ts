/**
 * What happens when, in the order of time and then of being added.
 * @module
 */

/** Something that happens at a time. */
export interface Event {
  readonly at: number;
  readonly happen: (now: number) => void;
}

interface Entry extends Event {
  readonly sequence: number;
}

/** A binary heap. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #sequence = 0;

  add(at: number, happen: (now: number) => void): void {
    const heap = this.#heap;
    const entry = { at, happen, sequence: this.#sequence++ };
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** Takes out what happens next; undefined when there is nothing. */
  next(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry))
        child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
