/**
 * Looks for the degree with the highest throughput: first a ramp up, then a climb in small steps.
 *
 * Read next: epoch.ts, how a degree is measured; ramp-up.ts; hill-climb.ts.
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

/** The least and the highest degree. */
export interface DegreeBounds {
  readonly min: number;
  readonly max: number;
}

export class DegreeSearch {
  readonly #bounds: DegreeBounds;
  readonly #rampUp: RampUp;
  #climb: HillClimb | undefined;
  #plan: DegreePlan;

  constructor(start: number, bounds: DegreeBounds) {
    this.#bounds = bounds;
    this.#rampUp = new RampUp(bounds.max);
    this.#plan = this.#rampUp.at(start);
  }

  /** What to measure now. */
  get plan(): DegreePlan {
    return this.#plan;
  }

  /** The plan was carried out: makes the next one. */
  measured(throughput: number): DegreePlan {
    const measured = { degree: this.#plan.degree, throughput };
    this.#plan =
      this.#climb?.measured(measured) ?? this.#rampUp.measured(measured) ?? this.#begin();
    return this.#plan;
  }

  #begin(): DegreePlan {
    const { best, isRising } = this.#rampUp;
    this.#climb = new HillClimb(best, this.#bounds);
    return this.#climb.begin(isRising);
  }
}
