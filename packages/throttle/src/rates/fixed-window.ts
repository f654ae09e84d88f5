/**
 * So many calls between two moments at which the count begins anew.
 *
 * A window begins with the first call that starts after the last one has ended, and it is half-open: a call that
 * starts exactly at its end is the first of the next.
 * @module
 */
import type { StartRule } from './start-rule.ts';

export class FixedWindow implements StartRule {
  readonly #calls: number;
  readonly #per: number;
  #end = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(calls: number, per: number) {
    this.#calls = calls;
    this.#per = per;
  }

  freeAt(weight: number, now: number): number {
    return now >= this.#end || this.#used + weight <= this.#calls ? now : this.#end;
  }

  start(weight: number, now: number): void {
    if (now >= this.#end) {
      this.#end = now + this.#per;
      this.#used = 0;
    }
    this.#used += weight;
  }
}
