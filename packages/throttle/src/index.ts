/**
 * As fast as the other side allows: safe concurrency, retries, rate limits, adaptive concurrency.
 * @module
 */
export type { Budget } from './budget.ts';
export type { Rate, RateModel } from './rate.ts';
