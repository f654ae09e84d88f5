/**
 * Retry policies: how often something is tried again, how long is waited between, and for which errors.
 *
 * A policy is plain data, so that a definition can be printed and stored. Read next:
 * retry-policies.ts for ready-made ones, backoff.ts for the waits, retry.ts for the loop.
 * @module
 */
import type { Duration } from './duration.ts';

/** What every policy that retries can say. */
export interface RetryLimits {
  /** Retries, which is attempts - 1. A whole number; Infinity only together with `totalTime`. */
  readonly count: number;
  /**
   * Whether an error is worth another attempt. Default: every error but an `AbortError`. It is not
   * asked when there is no other attempt: after the last one, or once the signal is aborted. What
   * it throws ends the retries.
   */
  readonly when?: ((error: unknown) => boolean) | undefined;
  /**
   * Bound on the whole, from the start of the first attempt: a retry that would begin later is not
   * made, and the error is thrown at once. An attempt that runs is not cut short. Default: no bound.
   */
  readonly totalTime?: Duration | undefined;
}

/** Never tries again. */
export interface NoRetry {
  readonly type: 'none';
}

/** Waits the same time before every retry. */
export interface FixedRetry extends RetryLimits {
  readonly type: 'fixed';
  readonly interval: Duration;
  /** Spreads the wait over interval × (1 - jitter) to interval × (1 + jitter); 0 to 1. Default 0. */
  readonly jitter?: number | undefined;
}

/**
 * Doubles the wait before every retry, at random within bounds.
 *
 * With the interval i: wait 1 is uniform in [minimum, min(i, maximum)], wait n > 1 is uniform in
 * [max(2^(n-2) × i, minimum), min(2^(n-1) × i, maximum)], and both ends are kept within
 * [minimum, maximum].
 */
export interface ExponentialRetry extends RetryLimits {
  readonly type: 'exponential';
  readonly interval: Duration;
  /** No wait is shorter. Default 0. */
  readonly minimum?: Duration | undefined;
  /** No wait is longer, unless an error asks for it with `retryAfter`. Default one day. */
  readonly maximum?: Duration | undefined;
}

/** How failures are retried. */
export type RetryPolicy = NoRetry | FixedRetry | ExponentialRetry;
