/**
 * Tries again what fails in passing: clock's retry loop, with defaults, and with responses of fetch as failures.
 *
 * Invariant: in the end the caller gets what the last attempt gave, the very same error or response.
 * Read next: retry.ts in @runafter/clock, the loop.
 * @module
 */
import {
  type Attempt,
  type Clock,
  type Random,
  type RetryInfo,
  type RetryPolicy,
  retry as retryOnClock,
  systemClock,
} from '@runafter/clock';
import { discardBody, isTransientResponse } from './fetch-response.ts';
import { transientRetry } from './transient-retry.ts';

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Default: the clock of the machine. */
  readonly clock?: Clock | undefined;
  /** Aborting it ends a wait at once, and makes the running attempt the last one. */
  readonly signal?: AbortSignal | undefined;
  /** Where the jitter comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
  /**
   * Called before each wait, with the error or the response; a promise is awaited first. What it throws ends
   * the retries.
   */
  readonly onRetry?: ((info: RetryInfo) => void | Promise<void>) | undefined;
}

/**
 * Calls `fn` until it succeeds, the policy allows no more, or the signal is aborted.
 *
 * An error or a response that says when to come back, in Retry-After or one of its relatives, sets the wait
 * itself, also beyond the policy's maximum, but not beyond its `totalTime`.
 *
 * @param fn - gets the number of the attempt, from 1, and the signal, which it should pass on: a running
 *   attempt is not abandoned. When it *returns* a response of fetch with 408, 429 or 5xx, that counts as a failure
 *   which the policy is asked about like an error; the bodies of those that are followed by another attempt are
 *   cancelled.
 * @param policy - default {@link transientRetry}. An action of the engine takes the same objects as its `retry`.
 * @returns what `fn` returns; when the retries are used up, the last response as it is.
 * @throws what the last attempt threw, as it is; `signal.reason` when the signal was aborted before the first
 *   attempt or during a wait.
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`, as a rejection.
 * @example
 * const response = await retry(({ signal }) => fetch(url, { signal }), transientRetry, { signal });
 */
export async function retry<T>(
  fn: (attempt: Attempt) => T | PromiseLike<T>,
  policy: RetryPolicy = transientRetry,
  options: RetryOptions = {},
): Promise<T> {
  const { clock = systemClock, onRetry, ...rest } = options;
  let returned: { readonly value: T } | undefined;

  async function attempt(info: Attempt): Promise<T> {
    returned = undefined;
    const value = await fn(info);
    if (!isTransientResponse(value)) return value;
    returned = { value };
    throw value;
  }

  async function beforeRetry(info: RetryInfo): Promise<void> {
    const dropped = returned?.value;
    returned = undefined;
    try {
      await onRetry?.(info);
    } finally {
      if (isTransientResponse(dropped)) discardBody(dropped);
    }
  }

  try {
    return await retryOnClock(attempt, policy, { ...rest, clock, onRetry: beforeRetry });
  } catch (error) {
    if (returned === undefined) throw error;
    if (returned.value === error) return returned.value;
    // The policy itself has thrown, so that nobody gets the response.
    if (isTransientResponse(returned.value)) discardBody(returned.value);
    throw error;
  }
}
