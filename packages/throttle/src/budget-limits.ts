/**
 * The limits of a budget: what people write, checked and in milliseconds, for every driver alike.
 * @module
 */
import { type Duration, LimiterOptionError, parseDuration } from '@runafter/clock';
import type { Rate, RateModel } from './rate.ts';

/** What a budget may be limited by: at least one of these. */
export interface LimitOptions {
  /** How many calls in a time; several are all kept to, such as 10 in a second and 6,000 in 5 minutes. */
  readonly rate?: Rate | readonly Rate[] | undefined;
  /** The least time between two starts, whatever their weight. */
  readonly spacing?: Duration | undefined;
  /** How much may be under way at once: a whole number of at least 1. Default: no bound. */
  readonly concurrency?: number | undefined;
}

/** {@link LimitOptions}, checked. Times are in milliseconds. */
export interface BudgetLimits {
  readonly rates: readonly ParsedRate[];
  /** 0: none. */
  readonly spacing: number;
  /** Infinity: no bound. */
  readonly concurrency: number;
  /** The heaviest call that can ever be granted; Infinity where there is no bound. */
  readonly heaviest: number;
}

/** A {@link Rate}, checked. */
export interface ParsedRate {
  readonly calls: number;
  /** Milliseconds, above 0. */
  readonly per: number;
  readonly model: RateModel;
  /** How many calls can come at once: `calls`, but for a token bucket with another size. */
  readonly burst: number;
}

/**
 * Checks the limits that a limiter is given. For drivers.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`: an option that makes no sense, or no limit at all.
 * @throws {DurationError} `DURATION_INVALID`
 */
export function budgetLimits(options: LimitOptions): BudgetLimits {
  const rates = parseRates(options.rate);
  const spacing = options.spacing === undefined ? 0 : parseDuration(options.spacing, 'spacing');
  const concurrency = options.concurrency ?? Number.POSITIVE_INFINITY;
  if (options.concurrency !== undefined) checkCount('concurrency', concurrency);
  if (rates.length === 0 && spacing === 0 && concurrency === Number.POSITIVE_INFINITY) {
    const fix = 'Pass a rate, a spacing or a concurrency: without any it would limit nothing.';
    throw new LimiterOptionError('rate', options.rate, fix);
  }
  const heaviest = Math.min(concurrency, ...rates.map(({ burst }) => burst));
  return { rates, spacing, concurrency, heaviest };
}

function parseRates(rate: LimitOptions['rate']): ParsedRate[] {
  if (rate === undefined) return [];
  if (!isList(rate)) return [parseRate(rate, 'rate')];
  return rate.map((one, n) => parseRate(one, `rate[${n}]`));
}

/** Checks one rate, which errors call `option`. */
export function parseRate(rate: Rate, option: string): ParsedRate {
  if (typeof rate !== 'object' || rate === null) {
    throw new LimiterOptionError(option, rate, "Pass an object such as { calls: 600, per: '1m' }.");
  }
  const { calls, model = 'sliding-window', burst = calls } = rate;
  checkCount(`${option}.calls`, calls);
  const per = parseDuration(rate.per, `${option}.per`);
  if (per === 0) throw new LimiterOptionError(`${option}.per`, rate.per, 'Pass more than 0.');
  if (!models.includes(model)) {
    const fix = `Pass one of ${models.map((known) => `'${known}'`).join(', ')}.`;
    throw new LimiterOptionError(`${option}.model`, model, fix);
  }
  checkCount(`${option}.burst`, burst);
  if (burst !== calls && model !== 'token-bucket') {
    throw new LimiterOptionError(`${option}.burst`, burst, "Only a 'token-bucket' has one.");
  }
  return { calls, per, model, burst };
}

const models: readonly RateModel[] = ['sliding-window', 'fixed-window', 'token-bucket'];

/** Array.isArray() does not know arrays that are read-only. */
function isList(rate: Rate | readonly Rate[]): rate is readonly Rate[] {
  return Array.isArray(rate);
}

function checkCount(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new LimiterOptionError(option, value, 'Pass a whole number of at least 1.');
}
