/**
 * A least time between two starts, whatever their weight.
 * @module
 */
import type { StartRule } from './start-rule.ts';

export class Spacing implements StartRule {
  readonly #distance: number;
  #next = Number.NEGATIVE_INFINITY;

  constructor(distance: number) {
    this.#distance = distance;
  }

  freeAt(): number {
    return this.#next;
  }

  start(_weight: number, now: number): void {
    this.#next = now + this.#distance;
  }
}
