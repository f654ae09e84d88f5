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
}

/** The share of the degree that has to be under way for a call to count. */
const inUse = 0.7;

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

  /** @param underWay - how much was under way when the call ended, itself included. */
  ended(sentAt: number, now: number, underWay: number): void {
    if (sentAt < this.#begin || underWay < inUse * this.#plan.degree) return;
    this.#count++;
    this.#latencies += now - sentAt;
    this.#underWay += underWay;
  }

  get isComplete(): boolean {
    return this.#count >= this.#plan.samples;
  }

  /** By Little's law: what is under way / mean latency, in calls per millisecond. */
  get throughput(): number {
    return this.#underWay / Math.max(this.#latencies, 1e-9);
  }
}
