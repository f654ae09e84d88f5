/**
 * How many iterations at once keep within a rate, by Little's law.
 * @module
 */
import { type Duration, parseDuration } from '@runafter/clock';
import { checkPositive, FormulaInputError } from './formula-input-error.ts';
import type { Rate } from './rate.ts';
import { wholePart } from './whole-part.ts';

/** What an iteration costs, and how much of the limit it may take. */
export interface IterationCost {
  /** Calls that one iteration makes, on the average: above 0. */
  readonly callsPerIteration: number;
  /** How long one iteration takes when nothing is throttled, on the average: above 0. */
  readonly iterationTime: Duration;
  /** The part of the limit that is left to others: 2 uses half of it, 1 all. At least 1. Default 2. */
  readonly headroom?: number | undefined;
  /** The result is not above it: what the other side takes at once, if it says so. Default: no bound. */
  readonly max?: number | undefined;
}

/** The limit, in either form, and the cost. */
export type SafeConcurrencyOptions = IterationCost &
  (
    | {
        /** Calls that the other side takes in a minute: above 0. */
        readonly limitPerMinute: number;
        readonly rate?: undefined;
      }
    | {
        /** The limit as a limiter takes it, such as one of `connectorLimits`. */
        readonly rate: Rate;
        readonly limitPerMinute?: undefined;
      }
  );

/**
 * A concurrency for a loop under a rate limit:
 * max(1, floor(limit per minute / 60 × seconds per iteration / calls / headroom)), but not above `max`.
 *
 * By Little's law so many iterations at once make limit / headroom calls a minute, on the average, as long as an
 * iteration takes as long as was said. That is an estimate to start from and not a guarantee: when iterations
 * become quicker, or begin all at once, the limit is passed all the same. Only a `limiter` keeps to it.
 *
 * @returns a whole number of at least 1. At 1 the limit may be too low even for one iteration at a time.
 * @throws {FormulaInputError} `FORMULA_INPUT_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * safeConcurrency({ limitPerMinute: 600, callsPerIteration: 3, iterationTime: '3s' }); // 5
 * safeConcurrency({ rate: connectorLimits.sharePoint, callsPerIteration: 3, iterationTime: '3s' }); // 5
 */
export function safeConcurrency(options: SafeConcurrencyOptions): number {
  const { callsPerIteration, headroom = 2, max = Number.POSITIVE_INFINITY } = options;
  const iterationTime = parseDuration(options.iterationTime, 'iterationTime');
  const { calls, per } = limitOf(options);
  checkPositive(name, 'callsPerIteration', callsPerIteration);
  checkPositive(name, 'iterationTime', iterationTime);
  checkAtLeastOne('headroom', headroom);
  if (options.max !== undefined) checkAtLeastOne('max', max);
  const atOnce = (calls * iterationTime) / (per * callsPerIteration * headroom);
  return Math.max(1, Math.min(wholePart(atOnce), wholePart(max), Number.MAX_SAFE_INTEGER));
}

const name = 'safeConcurrency';

function limitOf(options: SafeConcurrencyOptions): { calls: number; per: number } {
  if (options.rate === undefined) {
    checkPositive(name, 'limitPerMinute', options.limitPerMinute);
    return { calls: options.limitPerMinute, per: 60_000 };
  }
  const { calls } = options.rate;
  const per = parseDuration(options.rate.per, 'rate.per');
  checkPositive(name, 'rate.calls', calls);
  checkPositive(name, 'rate.per', per);
  return { calls, per };
}

function checkAtLeastOne(input: string, value: number): void {
  if (Number.isFinite(value) && value >= 1) return;
  throw new FormulaInputError(name, input, value, 'Pass a finite number of at least 1.');
}
