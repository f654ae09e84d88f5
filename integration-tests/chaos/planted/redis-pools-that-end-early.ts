/**
 * A bug on purpose: leases end on the server long before their holders know, as if somebody had mistaken the unit.
 * @module
 */
import { redisDocumentStore, redisPools } from '@runafter/redis';
import { defineClaimBackend } from '../claim/backend.ts';

/** Milliseconds. */
const early = 20;

export const backend = defineClaimBackend({
  name: 'redis pools that end early',
  place: 'redis',
  ttl: 1_000,
  pools: 2,
  rest: 60,
  isWrite: /eval/i,
  openPools({ url, prefix }) {
    const store = redisPools(url, { prefix });
    const asked = store.claim.bind(store);
    const claim: typeof asked = ({ ttl, ...request }, options) =>
      asked({ ...request, ttl: Number.isFinite(ttl) ? early : ttl }, options);
    return Object.assign(store, { claim });
  },
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
