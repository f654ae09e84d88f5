/**
 * How much memory is in use, counted after a garbage collection: what is still reachable, not what
 * happens to lie around.
 * @module
 */

/** Collects the garbage and counts. */
export function liveHeap(): number {
  if (globalThis.gc === undefined)
    throw new Error('Start Node with --expose-gc to measure memory.');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** The largest live heap seen while items stream through, and what it was before. */
export class HeapWatch {
  readonly #idle: number;
  #peak: number;

  constructor() {
    this.#idle = liveHeap();
    this.#peak = this.#idle;
  }

  look(): void {
    this.#peak = Math.max(this.#peak, liveHeap());
  }

  /** In MB, and at least the 0.01 MB that can be told apart. */
  get aboveIdle(): number {
    return Math.max(0.01, (this.#peak - this.#idle) / 1e6);
  }
}
