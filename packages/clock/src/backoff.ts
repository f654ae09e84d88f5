/**
 * How long to wait before a retry: pure functions of policy, retry and randomness.
 * @module
 */
import { parseRetryPolicy } from './parse-retry-policy.ts';
import type { Random } from './random.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** The shortest and the longest wait that a policy allows before one of its retries, in milliseconds. */
export interface BackoffBounds {
  readonly shortest: number;
  readonly longest: number;
}

/** 2^1000 times a tiny interval is above every maximum, and still a finite number. */
const largestExponent = 1_000;

/**
 * The bounds of the wait before retry `retry` (1 is the one after the first attempt). They do not
 * depend on the policy's count. A policy of type 'none' never waits: both are 0.
 *
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`
 * @example
 * backoffBounds(platformRetry, 3); // { shortest: 15000, longest: 30000 }
 */
export function backoffBounds(policy: RetryPolicy, retry: number): BackoffBounds {
  const parsed = parseRetryPolicy(policy);
  switch (parsed.type) {
    case 'none':
      return { shortest: 0, longest: 0 };
    case 'fixed': {
      const { interval, jitter } = parsed;
      return { shortest: interval * (1 - jitter), longest: interval * (1 + jitter) };
    }
    case 'exponential': {
      const { interval, minimum, maximum } = parsed;
      const within = (wait: number) => Math.min(Math.max(wait, minimum), maximum);
      const doubled = (times: number) => interval * 2 ** Math.min(times, largestExponent);
      return {
        shortest: retry === 1 ? minimum : within(doubled(retry - 2)),
        longest: within(doubled(retry - 1)),
      };
    }
  }
}

/**
 * The wait before retry `retry`, in milliseconds: uniform within {@link backoffBounds}.
 *
 * @param random - default `Math.random`.
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`
 */
export function backoff(policy: RetryPolicy, retry: number, random: Random = Math.random): number {
  const { shortest, longest } = backoffBounds(policy, retry);
  return shortest + random() * (longest - shortest);
}

/** Bounds of {@link fullJitter}, in milliseconds. */
export interface FullJitterBounds {
  /** The longest wait before the first retry. */
  readonly interval: number;
  /** No wait is longer. */
  readonly maximum: number;
}

/**
 * A wait for those who got into each other's way, in milliseconds: uniform in [0, interval × 2^(retry-1)],
 * within the maximum. It spreads contenders better than a wait with a lower bound does.
 *
 * @param retry - 1 is the one after the first attempt.
 * @param random - default `Math.random`.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(
  { interval, maximum }: FullJitterBounds,
  retry: number,
  random: Random = Math.random,
): number {
  return random() * Math.min(maximum, interval * 2 ** Math.min(retry - 1, largestExponent));
}
