/**
 * Tools to test concurrent code: start work late, and try many orders.
 * @module
 */
export { type ExploreOptions, exploreSchedule, type StepScheduler } from './explore-schedule.ts';
export { type JitterOptions, jitterExecutor } from './jitter-executor.ts';
