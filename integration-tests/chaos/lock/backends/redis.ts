/**
 * Redis: locks and documents are scripts on the server.
 * @module
 */
import { redisDocumentStore } from '@runafter/redis';
import { openLock } from '../../../lock/open-lock.ts';
import { defineLockBackend } from '../backend.ts';

export const backend = defineLockBackend({
  name: 'redis',
  place: 'redis',
  ttl: 1_000,
  heldAtOnce: 20,
  rest: 200,
  isWrite: /evalsha|eval/i,
  openLock: (place) => openLock({ backend: 'redis', place }),
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
