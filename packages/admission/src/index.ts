/**
 * Who may begin, and when: run gates, session pools, fair queues, request budgets.
 * @module
 */
export { type FairQueue, fairQueue, type TenantLoad } from './fair-queue/fair-queue.ts';
export { FairQueueOptionError, type FairQueueOptions } from './fair-queue/fair-queue-options.ts';
export { GateFullError, type GateLoad, GateOptionError } from './gate-errors.ts';
export {
  type GateConcurrency,
  type GateLimits,
  type GateOptions,
  gateLimits,
} from './gate-options.ts';
export {
  type RequestBudget,
  type RequestBudgetOptions,
  type RequestLimits,
  requestBudget,
} from './request-budget.ts';
export { type RunGate, type RunGateOptions, runGate } from './run-gate.ts';
export { sessionPool } from './session-pool/session-pool.ts';
export {
  MachineUnknownError,
  SessionLostError,
  SessionPoolOptionError,
  SessionTimeoutError,
} from './session-pool/session-pool-errors.ts';
export type { SessionPoolOptions } from './session-pool/session-pool-options.ts';
export type {
  JobOptions,
  JobSession,
  Machine,
  MachineEntry,
  Session,
  SessionEntry,
  SessionHolder,
  SessionOptions,
  SessionPool,
  SessionPoolState,
  WaitingJob,
  WaitReason,
} from './session-pool/session-pool-port.ts';
export type { SlownessChange, SlownessListener } from './slowness.ts';
