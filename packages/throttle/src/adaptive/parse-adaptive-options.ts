/**
 * The options of an adaptive limiter, checked.
 * @module
 */
import { LimiterOptionError } from '@runafter/clock';
import { type ParsedRate, parseRate } from '../budget-limits.ts';
import type { AdaptiveOptions } from './adaptive.ts';

const defaultStart = 8;
const defaultMax = 50;

/** What the controller is set up with. */
export interface AdaptiveSettings {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  readonly limit: ParsedRate | undefined;
  /** The heaviest call that can ever be let in. */
  readonly heaviest: number;
}

/**
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 */
export function parseAdaptiveOptions(options: AdaptiveOptions): AdaptiveSettings {
  const { min = 1, max = defaultMax, onDecision } = options;
  checkCount('max', max);
  checkCount('min', min);
  if (min > max) {
    throw new LimiterOptionError('min', min, `Pass no more than max, which is ${max}.`);
  }
  const { start = Math.min(Math.max(defaultStart, min), max) } = options;
  checkCount('start', start);
  if (start < min || start > max) {
    throw new LimiterOptionError('start', start, `Pass something from ${min} to ${max}.`);
  }
  if (onDecision !== undefined && typeof onDecision !== 'function') {
    throw new LimiterOptionError('onDecision', onDecision, 'Pass a function.');
  }
  const limit = options.limit && parseRate(options.limit, 'limit');
  const heaviest = Math.min(max, limit === undefined ? max : usableCalls(limit));
  return { start, min, max, limit, heaviest };
}

/** How many calls of a window's limit are made use of: the service may count some a little later than we do. */
export function usableCalls({ calls, model }: ParsedRate): number {
  return model === 'token-bucket' ? calls : Math.max(1, Math.floor(0.97 * calls));
}

function checkCount(option: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new LimiterOptionError(option, value, 'Pass a whole number of at least 1.');
}
