/**
 * A bucket that is full at first, into which tokens drip evenly; a call of weight w takes w of them out.
 *
 * It counts no tokens, for their fractions would add up to an error, but tells when the bucket will be full
 * again: so many tokens, which is a whole number, after the moment at which it was last full.
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 * @module
 */
import type { StartRule } from './start-rule.ts';

export class TokenBucket implements StartRule {
  readonly #calls: number;
  readonly #per: number;
  readonly #burst: number;
  #fullAt = Number.NEGATIVE_INFINITY;
  /** How many tokens were taken out since. */
  #taken = 0;

  constructor(calls: number, per: number, burst: number) {
    this.#calls = calls;
    this.#per = per;
    this.#burst = burst;
  }

  freeAt(weight: number, now: number): number {
    if (this.#wasFull(now)) return now;
    return this.#dripped(this.#taken + weight - this.#burst);
  }

  start(weight: number, now: number): void {
    if (this.#wasFull(now)) {
      this.#fullAt = now;
      this.#taken = 0;
    }
    this.#taken += weight;
  }

  /** At the very moment at which it becomes full, counting goes on from the old one, which is exact. */
  #wasFull(now: number): boolean {
    return this.#dripped(this.#taken) < now;
  }

  /** When so many tokens have dripped since the bucket was last full. */
  #dripped(tokens: number): number {
    return this.#fullAt + (tokens * this.#per) / this.#calls;
  }
}
