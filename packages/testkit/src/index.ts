/**
 * Tools to test concurrent code: start work late, try many orders, and judge what clients saw.
 * @module
 */
export { type ExploreOptions, exploreSchedule, type StepScheduler } from './explore-schedule.ts';
export {
  type FaultCounts,
  type FaultProxy,
  type FaultProxyOptions,
  faultProxy,
} from './fault-proxy/fault-proxy.ts';
export { FaultProxyError } from './fault-proxy/fault-proxy-error.ts';
export type { Direction } from './fault-proxy/proxied-connection.ts';
export type { LostReply, RequestMatch } from './fault-proxy/reply-losses.ts';
export {
  type CheckOptions,
  checkHistory,
  type Linearizable,
  type NotLinearizable,
  type Undecided,
  type Verdict,
} from './history/check-history.ts';
export { HistoryError } from './history/history-error.ts';
export { type HistoryJson, historyFromJson, mergeHistories } from './history/history-json.ts';
export { answered, type Model, type StepOutcome } from './history/model.ts';
export {
  type CounterOp,
  type CounterResult,
  type CounterState,
  counterModel,
} from './history/models/counter.ts';
export {
  type FencedRegisterOp,
  type FencedRegisterResult,
  type FencedRegisterState,
  fencedRegisterModel,
  type RegisterFence,
} from './history/models/fenced-register.ts';
export {
  type MutexOp,
  type MutexResult,
  type MutexState,
  mutexModel,
} from './history/models/mutex.ts';
export {
  type ClaimedResource,
  type PoolOp,
  type PoolResult,
  type PoolSlot,
  type PoolState,
  poolModel,
} from './history/models/pool.ts';
export {
  type RegisterOp,
  type RegisterResult,
  registerModel,
} from './history/models/register.ts';
export { relaxReads } from './history/models/relax-reads.ts';
export { type SetOp, type SetResult, type SetState, setModel } from './history/models/set.ts';
export type {
  FailedOutcome,
  History,
  OkOutcome,
  Operation,
  Outcome,
  UnknownOutcome,
} from './history/operation.ts';
export {
  type ErrorClass,
  type HistoryRecorder,
  type RecordOptions,
  recordHistory,
} from './history/record-history.ts';
export { type JitterOptions, jitterExecutor } from './jitter-executor.ts';
