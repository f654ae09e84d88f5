/**
 * Warming up: the degree doubles as long as that brings more. What looks like a stall is measured again.
 * @module
 */
import type { DegreePlan } from './degree-search.ts';
import type { Measured } from './epoch.ts';

/** Doubling goes on while the throughput rises by this much. */
const worthDoubling = 1.12;
/** The share of what was hoped for from which on the throughput still rises with the degree. */
const stillRising = 0.6;
const fewestSamples = 4;
/** Contention seldom makes twice as many calls so much slower than half of them, but a stall does. */
const likeStall = 0.75;

export class RampUp {
  readonly #max: number;
  #best: Measured = { degree: 1, throughput: 0 };
  #isRising = false;
  /** This degree has failed as in a stall, and is measured again, once. */
  #isAgain = false;

  constructor(max: number) {
    this.#max = max;
  }

  /** The degree with the highest throughput so far. */
  get best(): Measured {
    return this.#best;
  }

  /** It ended only because there is no higher degree. */
  get isRising(): boolean {
    return this.#isRising && this.#best.degree === this.#max;
  }

  at(degree: number): DegreePlan {
    const samples = Math.max(fewestSamples, Math.ceil(degree / 2));
    const worth = worthDoubling * this.#best.throughput;
    return { degree, samples, worth, reason: 'ramp-up' };
  }

  /** @returns undefined when it is over. */
  measured(measured: Measured): DegreePlan | undefined {
    const { degree, throughput } = this.#best;
    if (measured.throughput < worthDoubling * throughput) {
      if (this.#isAgain || measured.throughput > likeStall * throughput) return undefined;
      this.#isAgain = true;
      return this.at(measured.degree);
    }
    this.#isAgain = false;
    const hopedFor = measured.degree / degree - 1;
    this.#isRising = measured.throughput >= (1 + stillRising * hopedFor) * throughput;
    this.#best = measured;
    if (measured.degree === this.#max) return undefined;
    return this.at(Math.min(this.#max, 2 * measured.degree));
  }
}
