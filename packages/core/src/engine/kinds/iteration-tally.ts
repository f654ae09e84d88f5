/**
 * How many iterations of a loop have ended in which status.
 * @module
 */
import type { IterationCounts } from '../../result.ts';
import {
  CANCELLED,
  FAILED,
  type Status,
  type StatusBits,
  SUCCEEDED,
  TIMED_OUT,
} from '../../status.ts';
import type { Frame } from '../frame.ts';

/** Counts iterations by their status, as they end. */
export class IterationTally {
  #succeeded = 0;
  #failed = 0;
  #timedOut = 0;
  #cancelled = 0;

  add(bits: StatusBits): void {
    if (bits === SUCCEEDED) this.#succeeded++;
    else if (bits === FAILED) this.#failed++;
    else if (bits === TIMED_OUT) this.#timedOut++;
    else if (bits === CANCELLED) this.#cancelled++;
  }

  /** Adds iterations that another process has run, by their status. */
  addAll(counts: Readonly<Partial<Record<Status, number>>>): void {
    this.#succeeded += counts.Succeeded ?? 0;
    this.#failed += counts.Failed ?? 0;
    this.#timedOut += counts.TimedOut ?? 0;
    this.#cancelled += counts.Cancelled ?? 0;
  }

  get unsuccessful(): number {
    return this.#failed + this.#timedOut + this.#cancelled;
  }

  counts(): IterationCounts {
    return {
      total: this.#succeeded + this.unsuccessful,
      Succeeded: this.#succeeded,
      Failed: this.#failed,
      TimedOut: this.#timedOut,
      Cancelled: this.#cancelled,
      Skipped: 0,
    };
  }
}

/** Counts iterations that are all kept. */
export function countsOf(frames: readonly Frame[]): IterationCounts {
  const tally = new IterationTally();
  for (const frame of frames) tally.add(frame.bits);
  return tally.counts();
}
