/**
 * A bug on purpose: additions that were not answered are made again without an operation id, as people
 * write it who have never lost a reply.
 * @module
 */
import { redisCounter, redisDocumentStore } from '@runafter/redis';
import { defineBackend } from '../state/backend.ts';

export const backend = defineBackend({
  name: 'redis without once',
  place: 'redis',
  additions: { full: 10_000, quick: 1_600 },
  inFlight: 16,
  isWrite: /incrby|eval/i,
  openCounter({ url, prefix }) {
    const counter = redisCounter(url, { prefix });
    return {
      add: (name, amount) => counter.add(name, amount),
      read: (name) => counter.read(name),
      close: () => counter.close(),
    };
  },
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
