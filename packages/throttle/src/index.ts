/**
 * As fast as the other side allows: safe concurrency, retries, rate limits, adaptive concurrency.
 * @module
 */
export {
  type Adaptive,
  type AdaptiveOptions,
  type AdaptiveState,
  adaptive,
} from './adaptive/adaptive.ts';
export type {
  AdaptiveDecision,
  DegreeChangedDecision,
  DegreeReason,
  PacedDecision,
  PaceReason,
  PausedDecision,
  ResumedDecision,
} from './adaptive/decisions.ts';
export type { Budget } from './budget.ts';
export { type BudgetLimiter, budgetLimiter, type WaitingOptions } from './budget-limiter.ts';
export {
  type BudgetLimits,
  budgetLimits,
  type LimitOptions,
  type ParsedRate,
} from './budget-limits.ts';
export {
  type ConcurrencyLimit,
  type ConnectorLimits,
  type ConnectorRate,
  connectorLimits,
  type LimitFacts,
  type LimitScope,
} from './connector-limits.ts';
export { FormulaInputError } from './formula-input-error.ts';
export { type IterationsPerMinuteOptions, iterationsPerMinute } from './iterations-per-minute.ts';
export { type InProcessLimiter, type LimiterOptions, limiter } from './limiter.ts';
export { LimiterFullError } from './limiter-full-error.ts';
export type { Rate, RateModel } from './rate.ts';
export { type RetryOptions, retry } from './retry.ts';
export {
  type IterationCost,
  type SafeConcurrencyOptions,
  safeConcurrency,
} from './safe-concurrency.ts';
export { type ThrottledFetchOptions, throttledFetch } from './throttled-fetch.ts';
export { transientRetry } from './transient-retry.ts';
