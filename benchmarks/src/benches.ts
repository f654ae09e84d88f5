/**
 * All benchmarks by name; a benchmark is loaded only when it is run.
 * @module
 */
import type { Bench } from './harness/work.ts';

export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  engine: async () => (await import('./engine/engine-bench.ts')).engineBench,
  distributed: async () => (await import('./distributed/distributed-bench.ts')).distributedBench,
  durable: async () => (await import('./durable/durable-bench.ts')).durableBench,
  state: async () => (await import('./state/state-bench.ts')).stateBench,
  lock: async () => (await import('./lock/lock-bench.ts')).lockBench,
  admission: async () => (await import('./admission/admission-bench.ts')).admissionBench,
  throttle: async () => (await import('./throttle/throttle-bench.ts')).throttleBench,
  history: async () => (await import('./history/history-bench.ts')).historyBench,
};
