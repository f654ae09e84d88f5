/**
 * How many of a loop at once: a number, or what an adaptive limiter says at the moment.
 * @module
 */
import type { AdaptiveLimiter } from '@runafter/clock';

/** What the option `concurrency` comes down to. */
export interface Concurrency {
  /** Never more than this: a whole number from 1, or Infinity. */
  readonly most: number;
  /** Says how many at the moment; undefined where it is always `most`. */
  readonly adaptive: AdaptiveLimiter | undefined;
}

/** What messages say that the option may be. */
export const acceptedConcurrency: string =
  'a whole number of at least 1, Infinity for no bound, or an AdaptiveLimiter ' +
  '(acquire(), tryAcquire(), onDegree(), degree and max), such as adaptive(…) gives';

/** Undefined where the value is neither a count nor an adaptive limiter. */
export function concurrencyOf(value: unknown): Concurrency | undefined {
  if (isCount(value)) return Object.freeze({ most: value, adaptive: undefined });
  if (isAdaptiveLimiter(value)) return Object.freeze({ most: value.max, adaptive: value });
  return undefined;
}

/** How many may run at this moment: from 1 to `most`. What is no number does not unbind a loop. */
export function degreeOf({ most, adaptive }: Concurrency): number {
  if (adaptive === undefined) return most;
  const { degree } = adaptive;
  return degree >= 1 ? Math.min(most, degree) : 1;
}

function isCount(value: unknown): value is number {
  return (Number.isSafeInteger(value) && (value as number) >= 1) || value === Infinity;
}

function isAdaptiveLimiter(value: unknown): value is AdaptiveLimiter {
  if (typeof value !== 'object' || value === null) return false;
  const { acquire, tryAcquire, onDegree, degree, max } = value as Partial<AdaptiveLimiter>;
  const methods = [acquire, tryAcquire, onDegree];
  return methods.every((method) => typeof method === 'function') && isCount(degree) && isCount(max);
}
