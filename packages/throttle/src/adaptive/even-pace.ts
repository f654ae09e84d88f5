/**
 * An even pace: calls go out one after the other, at equal distances.
 * @module
 */
import type { StartRule } from '../rates/start-rule.ts';

/** How late a timer may fire without the pace falling behind, in milliseconds. */
const slack = 20;

/** Spaces calls at a rate that may change. */
export class EvenPace implements StartRule {
  /** Calls per millisecond. */
  rate: number;
  #next: number;

  constructor(rate: number, from: number) {
    this.rate = rate;
    this.#next = from;
  }

  freeAt(): number {
    return this.#next;
  }

  start(weight: number, now: number): void {
    this.#next = Math.max(this.#next, now - slack) + weight / this.rate;
  }
}
