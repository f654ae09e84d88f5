/**
 * Climbs to the best degree in steps up and down, smaller ones at the end, and rests at the top.
 * @module
 */
import type { DegreePlan } from './degree-search.ts';

interface Measured {
  readonly degree: number;
  readonly throughput: number;
}

const steps = [0.25, 0.1] as const;
const worthMore = 1.02;
const worthFewer = 0.99;
const longestRest = 16;

export class HillClimb {
  readonly #max: number;
  #base: Measured;
  #step = 0;
  #up = true;
  #failures = 0;
  #rest = 0;
  #nextRest = 1;
  #restThroughput = 0;

  constructor(degree: number, max: number) {
    this.#max = max;
    this.#base = { degree, throughput: 0 };
    this.#up = false;
  }

  start(): DegreePlan {
    return this.#to(this.#base.degree, 'ramp-up-ended');
  }

  measured(degree: number, throughput: number): DegreePlan {
    const measured = { degree, throughput };
    if (measured.degree === this.#base.degree) return this.#atBase(measured);
    const pays = this.#up
      ? measured.throughput > worthMore * this.#base.throughput
      : measured.throughput >= worthFewer * this.#base.throughput;
    if (pays) {
      this.#base = measured;
      this.#failures = 0;
      this.#nextRest = 1;
      return this.#probe();
    }
    this.#failed();
    return this.#to(this.#base.degree, 'probe-rejected');
  }

  #atBase(measured: Measured): DegreePlan {
    this.#base = measured;
    if (this.#rest > 0) {
      const change = measured.throughput / this.#restThroughput;
      if (change < 0.75 || change > 1.33) {
        this.#rest = 0;
        this.#nextRest = 1;
        this.#step = 0;
      } else if (--this.#rest > 0) {
        return this.#to(measured.degree, 'probe-rejected');
      }
    }
    return this.#probe();
  }

  #failed(): void {
    this.#up = !this.#up;
    this.#failures++;
    if (this.#failures < 2) return;
    this.#failures = 0;
    if (this.#step < steps.length - 1) {
      this.#step++;
      return;
    }
    this.#rest = this.#nextRest;
    this.#restThroughput = this.#base.throughput;
    this.#nextRest = Math.min(longestRest, 2 * this.#nextRest);
  }

  #probe(): DegreePlan {
    const { degree } = this.#base;
    for (let tries = 0; tries < 4 && this.#rest === 0; tries++) {
      const by = Math.max(1, Math.round(degree * (steps[this.#step] ?? 0)));
      const next = Math.min(this.#max, Math.max(1, this.#up ? degree + by : degree - by));
      if (next !== degree) return this.#to(next, 'probe');
      this.#failed();
    }
    if (this.#rest === 0) this.#rest = 1;
    return this.#to(degree, 'probe-rejected');
  }

  #to(degree: number, reason: DegreePlan['reason']): DegreePlan {
    return { degree, samples: Math.max(24, degree), reason };
  }
}
