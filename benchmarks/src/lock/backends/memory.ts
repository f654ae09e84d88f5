/**
 * Memory: async-mutex. What it lacks: times to live, tokens, signals, and waits that end. The ratio is the
 * price of these, for there is no request to hide behind.
 * @module
 */
import type { Lock } from '@runafter/lock';
import { contenderOf } from '../contender.ts';
import type { Backend, Peer } from './backend.ts';

/** Its clients share one object. */
let shared: Lock | undefined;

const mutexes = new Map<string, InstanceType<typeof import('async-mutex').Mutex>>();

const asyncMutex: Peer = {
  title: 'async-mutex',
  async open(name) {
    const { Mutex } = await import('async-mutex');
    const mutex = mutexes.get(name) ?? new Mutex();
    mutexes.set(name, mutex);
    return () => mutex.acquire();
  },
};

export const memory: Backend = {
  title: 'memory lock',
  ours: contenderOf(async () => {
    const { memoryLock } = await import('@runafter/lock');
    shared ??= memoryLock();
    return shared;
  }),
  uncontended: { peer: asyncMutex, each: 100 },
  handOver: { peer: asyncMutex, held: { min: 1, max: 3 }, each: 40 },
};
