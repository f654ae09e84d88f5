/**
 * A bug on purpose: a write replaces whatever is there, so of two that come at once the last one wins.
 * @module
 */
import { redisCounter, redisDocumentStore } from '@runafter/redis';
import { defineBackend, type Journal } from '../state/backend.ts';

export const backend = defineBackend({
  name: 'redis without ETags',
  place: 'redis',
  additions: { full: 10_000, quick: 1_600 },
  inFlight: 16,
  isWrite: /eval/i,
  openCounter: ({ url, prefix }) => redisCounter(url, { prefix }),
  openDocuments({ url, prefix }) {
    const store = redisDocumentStore<Journal>(url, { prefix });
    const conditional = store.replace.bind(store);
    const replace: typeof store.replace = async (key, value, _version, options) => {
      const newest = await store.read(key);
      return await conditional(key, value, newest?.etag ?? '', options);
    };
    return Object.assign(store, { replace });
  },
});
