/**
 * Looks for the degree with the highest throughput: first a ramp up, then a climb in small steps.
 * @module
 */
import type { DegreeReason } from './decisions.ts';
import type { EpochPlan } from './epoch.ts';
import { HillClimb } from './hill-climb.ts';
import { RampUp } from './ramp-up.ts';

/** A degree to measure, and why. */
export interface DegreePlan extends EpochPlan {
  readonly reason: DegreeReason;
}

export class DegreeSearch {
  readonly #max: number;
  readonly #rampUp: RampUp;
  #climb: HillClimb | undefined;
  #next: DegreePlan;

  constructor(start: number, max: number) {
    this.#max = max;
    this.#rampUp = new RampUp(max);
    this.#next = this.#rampUp.at(start);
  }

  /** What to measure now. */
  get next(): DegreePlan {
    return this.#next;
  }

  /** What was asked for is measured, in calls per millisecond: what to measure then. */
  measured(throughput: number): DegreePlan {
    const { degree } = this.#next;
    this.#next = this.#climb?.measured(degree, throughput) ?? this.#rise(degree, throughput);
    return this.#next;
  }

  #rise(degree: number, throughput: number): DegreePlan {
    const next = this.#rampUp.measured(degree, throughput);
    if (next !== undefined) return next;
    this.#climb = new HillClimb(this.#rampUp.best, this.#max);
    return this.#climb.start();
  }
}
