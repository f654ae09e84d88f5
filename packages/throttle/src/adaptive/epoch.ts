/**
 * A measurement of throughput: so many calls, at one degree.
 *
 * Invariant: only calls that were sent and ended within the epoch count, and only while the degree was made use
 * of, so what is measured is the degree and not a lack of work.
 * @module
 */

/** What is to be measured. */
export interface EpochPlan {
  readonly degree: number;
  /** How many calls. */
  readonly samples: number;
  /** The throughput from which on the degree would be worth it. Default 0: whatever it is, it is of interest. */
  readonly worth?: number;
}

/** What was measured at a degree. */
export interface Measured {
  readonly degree: number;
  /** In calls per millisecond. */
  readonly throughput: number;
}

/** What an epoch needs to know of a call. */
export interface EpochCall {
  readonly sentAt: number;
  /** What was under way when it was sent, itself included. */
  readonly underWay: number;
}

/** The share of the degree that has to be under way for a call to count. */
const inUse = 0.7;
/** The least share that is counted as under way: the first calls of an epoch are sent before it is filled. */
const whileFilling = 0.5;

export class Epoch {
  readonly #plan: EpochPlan;
  readonly #begin: number;
  #count = 0;
  #latencies = 0;
  #underWay = 0;

  constructor(plan: EpochPlan, begin: number) {
    this.#plan = plan;
    this.#begin = begin;
  }

  /** @param underWay - what was under way when the call ended, itself included. */
  ended(call: EpochCall, now: number, underWay: number): void {
    if (call.sentAt < this.#begin || underWay < inUse * this.#plan.degree) return;
    this.#count++;
    this.#latencies += now - call.sentAt;
    this.#underWay += Math.max(call.underWay, whileFilling * this.#plan.degree);
  }

  /** The throughput in calls per millisecond, as soon as it is known well enough. */
  measured(now: number): number | undefined {
    // By Little's law: what is under way / mean latency.
    if (this.#count >= this.#plan.samples) return this.#underWay / Math.max(this.#latencies, 1e-9);
    if (this.#isHopeless(now)) return this.#plan.degree / (now - this.#begin);
    return undefined;
  }

  /** Were the degree worth it, half of the first calls would have ended by now: no need to wait for the rest. */
  #isHopeless(now: number): boolean {
    const { degree, samples, worth = 0 } = this.#plan;
    return (now - this.#begin) * worth > degree && this.#count < samples / 3;
  }
}
