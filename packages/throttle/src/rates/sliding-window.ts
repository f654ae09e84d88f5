/**
 * So many calls in any time of a length, wherever it begins: a log of what has started.
 *
 * Invariant: the log holds the starts of the last `per` milliseconds, the oldest first, and `used` is the sum of
 * their weights. Each start is put in once and taken out once, so a call costs O(1), whatever the size of the
 * window. Memory: 16 bytes for each call in the window, and up to twice that while the log grows; calls that
 * start at the same moment share an entry.
 * @module
 */
import type { StartRule } from './start-rule.ts';

export class SlidingWindow implements StartRule {
  readonly #calls: number;
  readonly #per: number;
  /** A ring, whose size is a power of two. */
  #times = new Float64Array(8);
  #weights = new Float64Array(8);
  #oldest = 0;
  #entries = 0;
  #used = 0;

  constructor(calls: number, per: number) {
    this.#calls = calls;
    this.#per = per;
  }

  freeAt(weight: number, now: number): number {
    this.#forget(now);
    let excess = this.#used + weight - this.#calls;
    if (excess <= 0) return now;
    // There are enough entries: no call is heavier than the whole window.
    let at = this.#oldest;
    for (excess -= this.#weightAt(at); excess > 0; excess -= this.#weightAt(at)) at++;
    return this.#timeAt(at) + this.#per;
  }

  start(weight: number, now: number): void {
    this.#used += weight;
    const last = (this.#oldest + this.#entries - 1) & this.#mask;
    if (this.#entries > 0 && this.#times[last] === now) {
      this.#weights[last] = this.#weightAt(last) + weight;
      return;
    }
    if (this.#entries === this.#times.length) this.#grow();
    const end = (this.#oldest + this.#entries) & this.#mask;
    this.#times[end] = now;
    this.#weights[end] = weight;
    this.#entries++;
  }

  /** Drops what has left the window, which is half-open: a start is out of it when `per` has passed. */
  #forget(now: number): void {
    while (this.#entries > 0 && this.#timeAt(this.#oldest) + this.#per <= now) {
      this.#used -= this.#weightAt(this.#oldest);
      this.#oldest = (this.#oldest + 1) & this.#mask;
      this.#entries--;
    }
  }

  get #mask(): number {
    return this.#times.length - 1;
  }

  #timeAt(index: number): number {
    return this.#times[index & this.#mask] as number;
  }

  #weightAt(index: number): number {
    return this.#weights[index & this.#mask] as number;
  }

  #grow(): void {
    this.#times = this.#unrolled(this.#times);
    this.#weights = this.#unrolled(this.#weights);
    this.#oldest = 0;
  }

  /** Twice the size, beginning with the oldest. */
  #unrolled(ring: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    const larger = new Float64Array(2 * ring.length);
    larger.set(ring.subarray(this.#oldest));
    larger.set(ring.subarray(0, this.#oldest), ring.length - this.#oldest);
    return larger;
  }
}
