/**
 * The field's formula for a loop under a rate limit.
 * @module
 */
import { checkPositive } from './formula-input-error.ts';
import { wholePart } from './whole-part.ts';

/** How many calls are allowed, and how many an iteration makes. */
export interface IterationsPerMinuteOptions {
  /** Calls that the other side takes in a minute: above 0. */
  readonly limitPerMinute: number;
  /** Calls that one iteration makes, on the average: above 0. */
  readonly callsPerIteration: number;
}

/**
 * How many iterations of a loop may begin in a minute: floor((limit / calls) / 2), half of what the limit allows.
 *
 * It is a *rate*, although it is often quoted as a concurrency: 100 iterations a minute at SharePoint are not 100
 * iterations at once, which would be throttled in storms. For a loop's concurrency take
 * {@link safeConcurrency}, or `adaptive()`, which needs to know nothing.
 *
 * The half is a rule of thumb, for other users of the same limit and for retries; as a pace it takes
 * twice as long as necessary when there are none.
 *
 * @returns a whole number; 0 when half of the limit is not enough for one iteration a minute.
 * @throws {FormulaInputError} `FORMULA_INPUT_INVALID`
 * @example
 * iterationsPerMinute({ limitPerMinute: 600, callsPerIteration: 3 }); // 100
 */
export function iterationsPerMinute(options: IterationsPerMinuteOptions): number {
  const { limitPerMinute, callsPerIteration } = options;
  checkPositive('iterationsPerMinute', 'limitPerMinute', limitPerMinute);
  checkPositive('iterationsPerMinute', 'callsPerIteration', callsPerIteration);
  return wholePart(limitPerMinute / (callsPerIteration * 2));
}
