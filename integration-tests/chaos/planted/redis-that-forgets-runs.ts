/**
 * Two bugs on purpose: a run of ten is never stored, although it is said to be; and a worker calls services with a
 * key of its own now and then, as if somebody had made it of the attempt's number or of the time.
 * @module
 */
import type { NewRun } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { defineDistributedBackend } from '../distributed/backend.ts';

let effects = 0;

export const backend = defineDistributedBackend({
  name: 'redis that forgets runs',
  place: 'folder',
  size: { runs: 12, plans: 6, atOnce: 12, kills: 2, cuts: 2, lostReplies: 2 },
  isWrite: undefined,
  openStore({ queues }) {
    const store = redisRunStore(queues, { prefix: 'runs:' });
    const create = store.createRun.bind(store);
    const createRun: typeof create = async (run: NewRun, lease) =>
      run.runId.endsWith('0') ? { state: 'created', token: 1 } : create(run, lease);
    return Object.assign(store, { createRun });
  },
  planted: (entry) => {
    if (entry.what !== 'effect' || ++effects % 5 > 0) return [entry];
    return [entry, { ...entry, key: `${entry.key} at ${process.pid}` }];
  },
});
