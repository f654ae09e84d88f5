/**
 * The one retry loop: actions of the engine and the drivers all go through it.
 *
 * Invariant: what fails in the end is the last attempt's own error, the very same value, never wrapped;
 * only an abort between two attempts throws `signal.reason` instead.
 * Read next: backoff.ts for the length of a wait, retry-after.ts for errors that say it themselves.
 * @module
 */
import { readProperty } from '@runafter/errors';
import { backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { elapsedSince, readClock } from './clock-reading.ts';
import {
  type ParsedRetryPolicy,
  parseRetryPolicy,
  RetryPolicyError,
} from './parse-retry-policy.ts';
import type { Random } from './random.ts';
import { retryAfterOf } from './retry-after.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What an attempt is told. */
export interface Attempt {
  /** 1 for the first attempt, unless `firstAttempt` says otherwise. */
  readonly number: number;
  /**
   * The signal of {@link RetryOptions}, or without one a signal that never aborts: pass it on, retry() does not
   * abandon a running attempt.
   */
  readonly signal: AbortSignal;
}

/** A failed attempt that will be followed by another one. */
export interface RetryInfo {
  /** The number of the attempt that failed. */
  readonly attempt: number;
  /** What it threw. */
  readonly error: unknown;
  /** Milliseconds until the next attempt. */
  readonly wait: number;
  /** When the next attempt is due, on the clock's `now()`. */
  readonly at: number;
}

/** Options of {@link retry}. */
export interface RetryOptions {
  readonly clock: Clock;
  /** Aborting it ends a wait at once, and makes the running attempt the last one. */
  readonly signal?: AbortSignal | undefined;
  /** Where the jitter comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
  /** Called before each wait; a promise is awaited first. What it throws ends the retries. */
  readonly onRetry?: ((info: RetryInfo) => void | Promise<void>) | undefined;
  /** The number of the first attempt, for work that is resumed: earlier ones count. Default 1. */
  readonly firstAttempt?: number | undefined;
  /**
   * When the first of all attempts began, on the clock's `now()`, for work that is resumed: the
   * policy's `totalTime` counts from there. Default: now, and so is a moment that is still to come.
   */
  readonly since?: number | undefined;
}

/**
 * Calls `fn` until it succeeds, the policy allows no more, or the signal is aborted.
 *
 * An error that has a `retryAfter` (see {@link retryAfterOf}) sets the wait itself, also beyond the
 * policy's maximum, but not beyond its `totalTime`.
 *
 * @param fn - may return or throw, synchronously or not.
 * @returns what `fn` returns.
 * @throws what the last attempt threw, as it is; `signal.reason` when the signal was aborted before
 *   the first attempt or during a wait.
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`, as a rejection.
 * @example
 * const item = await retry(({ signal }) => list.get(id, { signal }), platformRetry, { clock, signal });
 */
export async function retry<T>(
  fn: (attempt: Attempt) => T | PromiseLike<T>,
  policy: RetryPolicy,
  options: RetryOptions,
): Promise<T> {
  const {
    clock,
    signal = new AbortController().signal,
    onRetry,
    random = Math.random,
    firstAttempt = 1,
  } = options;
  const parsed = parseRetryPolicy(policy);
  const start = readClock(clock);
  const { since = start.now } = options;
  checkFirstAttempt(firstAttempt);
  checkSince(since);
  signal.throwIfAborted();
  const before = Math.max(0, start.now - since);
  for (let number = firstAttempt; ; number++) {
    try {
      return await fn({ number, signal });
    } catch (error) {
      if (signal.aborted || !allowsRetry(parsed, number, error)) throw error;
      const wait = retryAfterOf(error, clock) ?? backoff(parsed, number, random);
      if (before + elapsedSince(clock, start) + wait > totalTimeOf(parsed)) throw error;
      await onRetry?.({ attempt: number, error, wait, at: clock.now() + wait });
      await clock.sleep(wait, { signal });
    }
  }
}

function checkFirstAttempt(firstAttempt: number): void {
  if (Number.isInteger(firstAttempt) && firstAttempt >= 1) return;
  throw new RetryPolicyError(
    'retry',
    'firstAttempt',
    `${String(firstAttempt)} is not the number of an attempt. Pass a whole number of at least 1.`,
  );
}

function checkSince(since: number): void {
  if (Number.isFinite(since)) return;
  throw new RetryPolicyError(
    'retry',
    'since',
    `${String(since)} is not a time. Pass milliseconds since 1970, as the clock's now() gives them.`,
  );
}

function allowsRetry(policy: ParsedRetryPolicy, attempt: number, error: unknown): boolean {
  if (policy.type === 'none' || attempt > policy.count) return false;
  return policy.when === undefined ? !isAbort(error) : policy.when(error);
}

function isAbort(error: unknown): boolean {
  return readProperty(error, 'name') === 'AbortError';
}

function totalTimeOf(policy: ParsedRetryPolicy): number {
  return policy.type === 'none' ? 0 : (policy.totalTime ?? Number.POSITIVE_INFINITY);
}
