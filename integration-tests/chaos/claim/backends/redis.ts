/**
 * Redis: pools and documents are scripts on the server.
 * @module
 */
import { redisDocumentStore } from '@runafter/redis';
import { openPools } from '../../../claim/open-pools.ts';
import { defineClaimBackend } from '../backend.ts';

export const backend = defineClaimBackend({
  name: 'redis',
  place: 'redis',
  ttl: 1_000,
  pools: 3,
  rest: 60,
  isWrite: /evalsha|eval/i,
  openPools: (place) => openPools({ backend: 'redis', place }),
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
