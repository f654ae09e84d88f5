/**
 * Redis: an addition is a script on the server.
 * @module
 */
import { redisCounter, redisDocumentStore } from '@runafter/redis';
import { defineBackend } from '../backend.ts';

export const backend = defineBackend({
  name: 'redis',
  place: 'redis',
  additions: { full: 100_000, quick: 8_000 },
  inFlight: 16,
  isWrite: /evalsha|eval/i,
  openCounter: ({ url, prefix }) => redisCounter(url, { prefix }),
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
