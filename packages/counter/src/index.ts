/**
 * Counters that lose and double nothing: the Counter port, atomic counters, and sharded ones.
 * @module
 */
export { type AtomicCounterOptions, atomicCounter } from './atomic-counter.ts';
export type { Addition, CounterDriver, Once, Reset } from './counter-driver.ts';
export {
  CounterChangedError,
  CounterIdsFullError,
  CounterOptionError,
  CounterOverflowError,
  CounterResetIncompleteError,
  CounterResetUnsupportedError,
} from './counter-errors.ts';
export type { AddOptions, AtomicCounter, Counter, ResetOptions } from './counter-port.ts';
export { memoryCounter } from './memory-counter.ts';
export type { CounterDocument } from './shard-generations.ts';
export {
  type ShardedAddOptions,
  type ShardedCounter,
  type ShardedCounterOptions,
  shardedCounter,
} from './sharded-counter.ts';
