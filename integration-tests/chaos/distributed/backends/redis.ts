/**
 * Redis: runs are kept on the server that has the queues, so one network leads to both.
 * @module
 */
import { redisRunStore } from '@runafter/redis';
import { defineDistributedBackend } from '../backend.ts';

export const backend = defineDistributedBackend({
  name: 'redis',
  place: 'folder',
  isWrite: undefined,
  openStore: ({ queues }) => redisRunStore(queues, { prefix: 'runs:' }),
});
