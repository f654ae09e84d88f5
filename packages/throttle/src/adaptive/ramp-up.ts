/**
 * Warming up: the degree doubles as long as that brings more.
 * @module
 */
import type { DegreePlan } from './degree-search.ts';

/** Doubling goes on while the throughput rises by this much. */
const worthDoubling = 1.12;
const fewestSamples = 4;

export class RampUp {
  readonly #max: number;
  #best = { degree: 1, throughput: 0 };

  constructor(max: number) {
    this.#max = max;
  }

  /** The degree with the highest throughput so far. */
  get best(): number {
    return this.#best.degree;
  }

  at(degree: number): DegreePlan {
    const samples = Math.max(fewestSamples, Math.ceil(degree / 2));
    return { degree, samples, reason: 'ramp-up' };
  }

  /** @returns undefined when it is over. */
  measured(degree: number, throughput: number): DegreePlan | undefined {
    if (throughput < worthDoubling * this.#best.throughput) return undefined;
    this.#best = { degree, throughput };
    return degree < this.#max ? this.at(Math.min(this.#max, 2 * degree)) : undefined;
  }
}
