/**
 * The window of a loop: which end makes room for which start. A binary heap of the ends of what runs.
 * @module
 */

/** Something that runs in a window until its end. */
export interface Ending {
  readonly end: number;
}

export class Window<T extends Ending> {
  readonly #width: number;
  readonly #heap: T[] = [];

  /** @param width - how many may run at once. */
  constructor(width: number) {
    this.#width = width;
  }

  /** The one that has to end before there is room; it leaves. Undefined where there is room. */
  makeRoom(): T | undefined {
    return this.#heap.length < this.#width ? undefined : this.#pop();
  }

  add(running: T): void {
    const heap = this.#heap;
    // Nothing ever has to leave a window without bound.
    if (this.#width === Number.POSITIVE_INFINITY) return;
    let at = heap.push(running) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((heap[above] as T).end <= running.end) break;
      heap[at] = heap[above] as T;
      at = above;
    }
    heap[at] = running;
  }

  #pop(): T {
    const heap = this.#heap;
    const first = heap[0] as T;
    const last = heap.pop() as T;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right !== undefined && right.end < (heap[below] as T).end) below++;
      if ((heap[below] as T).end >= last.end) break;
      heap[at] = heap[below] as T;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
