/**
 * An even pace: calls go out one after the other, at equal distances.
 * @module
 */
import type { StartRule } from '../rates/start-rule.ts';

/** How late a timer may fire without the pace falling behind, in milliseconds. */
const slack = 20;

/** Spaces calls at a rate that may change, also for a call that waits already. */
export class EvenPace implements StartRule {
  /** Calls per millisecond. */
  rate: number;
  /** When the last call went out, as far as its distance to the next one goes. */
  #last: number;
  #lastWeight = 0;

  constructor(rate: number, from: number) {
    this.rate = rate;
    this.#last = from;
  }

  freeAt(): number {
    return this.#last + this.#lastWeight / this.rate;
  }

  start(weight: number, now: number): void {
    this.#last = Math.max(this.freeAt(), now - slack);
    this.#lastWeight = weight;
  }
}
