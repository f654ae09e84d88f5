/**
 * Who may begin, and when: run gates, session pools, fair queues, request budgets.
 * @module
 */
export { GateFullError, type GateLoad, GateOptionError } from './gate-errors.ts';
export {
  type GateConcurrency,
  type GateLimits,
  type GateOptions,
  gateLimits,
} from './gate-options.ts';
export { type RunGate, type RunGateOptions, runGate } from './run-gate.ts';
