/**
 * Retry policies to choose from. Each is checked when it is made, so a wrong one fails at its own line.
 * @module
 */
import { isTransient } from './is-transient.ts';
import { parseRetryPolicy } from './parse-retry-policy.ts';
import type { ExponentialRetry, FixedRetry, NoRetry } from './retry-policy.ts';

/** The policy of one attempt. */
export const noRetry: NoRetry = Object.freeze({ type: 'none' });

/**
 * A policy that waits the same time before every retry.
 *
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`
 * @example
 * fixed({ count: 3, interval: '10s', jitter: 0.2 }) // waits 8 to 12 s, three times at most
 */
export function fixed(options: Omit<FixedRetry, 'type'>): FixedRetry {
  return parseRetryPolicy({ ...options, type: 'fixed' });
}

/**
 * A policy that doubles the wait before every retry; see {@link ExponentialRetry} for the formula.
 *
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`
 * @example
 * exponential({ count: 5, interval: '20s', maximum: '5m', totalTime: '30m' })
 */
export function exponential(options: Omit<ExponentialRetry, 'type'>): ExponentialRetry {
  return parseRetryPolicy({ ...options, type: 'exponential' });
}

/**
 * What Logic Apps and Power Automate do unless told otherwise: 4 retries with an exponential wait of
 * 7.5 s within 5 to 45 s, on HTTP 408, 429, 5xx and connection failures ({@link isTransient}).
 */
export const platformRetry: ExponentialRetry = exponential({
  count: 4,
  interval: '7.5s',
  minimum: '5s',
  maximum: '45s',
  when: isTransient,
});
