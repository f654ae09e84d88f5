/**
 * Time as a port: clocks, durations, backoff, the retry and the renewal loop, and the ports for holding work back.
 * @module
 */
export {
  type BackoffBounds,
  backoff,
  backoffBounds,
  type FullJitterBounds,
  fullJitter,
} from './backoff.ts';
export type { Clock, TimerOptions, WaitOptions } from './clock.ts';
export { type ClockReading, elapsedSince, readClock } from './clock-reading.ts';
export {
  type ConcurrencyLimiter,
  type ConcurrencyLimiterOptions,
  concurrencyLimiter,
  LimiterOptionError,
} from './concurrency-limiter.ts';
export { type Duration, DurationError, type DurationUnit, parseDuration } from './duration.ts';
export { formatDuration } from './duration-format.ts';
export { isThrottled } from './is-throttled.ts';
export { isTransient } from './is-transient.ts';
export {
  type LeaseLoss,
  LeaseLostError,
  LeaseOptionError,
  LeaseReleasedError,
} from './lease-errors.ts';
export type { AcquireOptions, AdaptiveLimiter, Gate, Limiter, Permit } from './limiter.ts';
export {
  type ParsedExponentialRetry,
  type ParsedFixedRetry,
  type ParsedRetryPolicy,
  parseRetryPolicy,
  RetryPolicyError,
} from './parse-retry-policy.ts';
export { type Random, seededRandom } from './random.ts';
export { keepRenewed, type Renewal, type RenewalOptions } from './renewal.ts';
export { type Attempt, type RetryInfo, type RetryOptions, retry } from './retry.ts';
export { parseRetryAfter, retryAfterOf } from './retry-after.ts';
export { exponential, fixed, noRetry, platformRetry } from './retry-policies.ts';
export type {
  ExponentialRetry,
  FixedRetry,
  NoRetry,
  RetryLimits,
  RetryPolicy,
} from './retry-policy.ts';
export { systemClock } from './system-clock.ts';
export { untilAborted } from './until-aborted.ts';
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts';
export {
  traceWait,
  type WaitContext,
  type WaitKind,
  waitChannel,
  watchWaits,
} from './waits.ts';
