/**
 * Climbs to the best degree in steps down and up, smaller ones at the end, and rests at the top.
 *
 * Invariant: a step is kept only when it was measured to be worth it, and otherwise taken back. So what a search
 * costs is a few epochs in a while, and never the place that was found.
 * @module
 */
import type { DegreeReason } from './decisions.ts';
import type { DegreeBounds, DegreePlan } from './degree-search.ts';
import type { Measured } from './epoch.ts';

/** The steps, as shares of the degree, each with as many samples as its difference needs to be seen. */
const coarse = { share: 0.2, samples: 24 };
const fine = { share: 0.1, samples: 32 };
/** More calls at once have to bring something; fewer are better as long as they cost nothing. */
const worthMore = 1.02;
const worthFewer = 0.99;
/** How many epochs a rest lasts; each is twice as long as the one before. */
const firstRest = 2;
const longestRest = 16;
const restAtTheTop = 4;
/** A rest ends when the throughput leaves this range: the service is another one. */
const alike = { least: 0.8, most: 1.25 } as const;

export class HillClimb {
  readonly #bounds: DegreeBounds;
  #base: Measured;
  #step = coarse;
  /** A climb begins downwards: the ramp before has seen that more is no better, or there is no more. */
  #isUp = false;
  /** In how many directions the step was in vain. */
  #failures = 0;
  #restLeft = 0;
  #nextRest = firstRest;
  #throughputAtRest = 0;

  constructor(base: Measured, bounds: DegreeBounds) {
    this.#bounds = bounds;
    this.#base = base;
  }

  /** @param isRising - up to the last degree, more was better: there is nothing to look for yet. */
  begin(isRising: boolean): DegreePlan {
    if (!isRising) return this.#probe('ramp-up-ended');
    this.#step = fine;
    this.#rest(restAtTheTop);
    return this.#at(this.#base.degree, 'ramp-up-ended');
  }

  measured(measured: Measured): DegreePlan {
    if (measured.degree === this.#base.degree) return this.#measuredAtBase(measured);
    const gain = measured.throughput / this.#base.throughput;
    if (gain >= (this.#isUp ? worthMore : worthFewer)) {
      this.#base = measured;
      this.#failures = 0;
      this.#nextRest = firstRest;
      return this.#probe('probe');
    }
    this.#turn();
    return this.#at(this.#base.degree, 'probe-rejected');
  }

  #measuredAtBase(measured: Measured): DegreePlan {
    this.#base = measured;
    if (this.#restLeft === 0) return this.#probe('probe');
    const change = measured.throughput / this.#throughputAtRest;
    if (change < alike.least || change > alike.most) {
      this.#restLeft = 0;
      this.#nextRest = firstRest;
      this.#step = coarse;
    } else this.#restLeft--;
    return this.#restLeft === 0 ? this.#probe('probe') : this.#stay();
  }

  /** The degree a step away, in whichever direction there is one. */
  #probe(reason: DegreeReason): DegreePlan {
    while (this.#restLeft === 0) {
      const degree = this.#neighbour();
      if (degree !== this.#base.degree) return this.#at(degree, reason);
      this.#turn();
    }
    return this.#stay();
  }

  #neighbour(): number {
    const { degree } = this.#base;
    const { min, max } = this.#bounds;
    const by = Math.max(1, Math.round(degree * this.#step.share));
    return Math.min(max, Math.max(min, this.#isUp ? degree + by : degree - by));
  }

  /** That direction was in vain: the other one, then smaller steps, then a rest. */
  #turn(): void {
    this.#isUp = !this.#isUp;
    this.#failures++;
    if (this.#failures < 2) return;
    this.#failures = 0;
    if (this.#step === coarse) {
      this.#step = fine;
      return;
    }
    this.#rest(this.#nextRest);
    this.#nextRest = Math.min(longestRest, 2 * this.#nextRest);
  }

  #rest(epochs: number): void {
    this.#restLeft = epochs;
    this.#throughputAtRest = this.#base.throughput;
  }

  #stay(): DegreePlan {
    return this.#at(this.#base.degree, 'probe-rejected');
  }

  #at(degree: number, reason: DegreeReason): DegreePlan {
    return { degree, samples: Math.max(this.#step.samples, degree), reason };
  }
}
