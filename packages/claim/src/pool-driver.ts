/**
 * A store of pools as a driver of leases: one for what is leased, one for what is assigned.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';
import type { AcquireRequest, Busy, LeaseDriver, LeaseRequest } from '@runafter/lock';
import { ClaimRetiredError } from './claim-errors.ts';
import { operationOf } from './operation.ts';
import type { ClaimantRequest, Claimed, PoolStore } from './pool-store.ts';

/** Called before each claim: adds what the pool was made with. */
type Prepare = (options: WaitOptions) => Promise<void>;

/** @returns a driver that does not close the store. */
export function leases(store: PoolStore, prepare: Prepare): LeaseDriver<Claimed> {
  return {
    ...whatBothDo(store),
    async acquire(request, options) {
      await prepare(options);
      return toReply(await store.claim(toClaim(request), options));
    },
    async release(request, options) {
      await store.release({ ...toClaimant(request), forGood: false }, options);
    },
  };
}

/**
 * @param pool - as its user calls it.
 * @returns a driver that does not close the store, and whose `release` only leaves the line: what an operation was
 *   assigned, it keeps.
 */
export function assignments(
  store: PoolStore,
  pool: string,
  prepare: Prepare,
): LeaseDriver<Claimed> {
  return {
    ...whatBothDo(store),
    async acquire(request, options) {
      await prepare(options);
      const reply = await store.claim(toClaim(request), options);
      if (!('retired' in reply)) return reply;
      throw new ClaimRetiredError(store.name, pool, operationOf(request.owner).by);
    },
    async release(request, options) {
      await store.leaveLine?.(toClaimant(request), options);
    },
  };
}

function whatBothDo(store: PoolStore) {
  const { name, queues, ttlBounds } = store;
  return {
    ...{ name, queues, ttlBounds },
    renew: (request: LeaseRequest, ttl: number, options: WaitOptions) =>
      store.renew(toClaimant(request), ttl, options),
    ...(store.watch && {
      watch: (request: LeaseRequest, wake: () => void) =>
        // biome-ignore lint/style/noNonNullAssertion: asked for above.
        store.watch!(toClaimant(request), wake),
    }),
    close: async () => {},
  };
}

/** Nobody retires the owner of a lease: each is new. */
function toReply(reply: Awaited<ReturnType<PoolStore['claim']>>): Claimed | Busy {
  return 'retired' in reply ? { granted: false } : reply;
}

function toClaim({ name, owner, ttl, place }: AcquireRequest) {
  return { pool: name, owner, ttl, place };
}

function toClaimant({ name, owner }: LeaseRequest): ClaimantRequest {
  return { pool: name, owner };
}
