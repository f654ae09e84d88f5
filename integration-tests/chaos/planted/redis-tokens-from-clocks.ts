/**
 * A bug on purpose: tokens are the time on each machine's clock, and the clocks differ. So now and then a token
 * is smaller than the one before.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { redisDocumentStore, redisLock } from '@runafter/redis';
import { defineLockBackend } from '../lock/backend.ts';

/** How far this process is ahead, in milliseconds. */
const ahead = (process.pid % 7) * 100;
const tokens = { addAndGet: async () => BigInt(Math.floor(systemClock.now() + ahead)) };

export const backend = defineLockBackend({
  name: 'redis, tokens from clocks',
  place: 'redis',
  ttl: 1_000,
  heldAtOnce: 20,
  rest: 200,
  isWrite: /eval/i,
  openLock: ({ url, prefix }) => redisLock(url, { prefix, tokens }),
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
