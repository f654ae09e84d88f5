/**
 * A store that remembers whether its last claim was answered: who has waited in vain is told of a service that is
 * silent, and not that no session was free.
 * @module
 */
import type { PoolStore } from '@runafter/claim';

/** A store, and what is wrong with it. */
export interface AttentiveStore extends PoolStore {
  /** Why the last claim failed; undefined: it did not. */
  readonly trouble: unknown;
}

/** @returns a store that does what the other one does. */
export function attentive(store: PoolStore): AttentiveStore {
  let trouble: unknown;
  const heed = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const answered = await answer;
      trouble = undefined;
      return answered;
    } catch (error) {
      trouble = error;
      throw error;
    }
  };
  const { name, queues, ttlBounds } = store;
  return {
    ...{ name, queues, ttlBounds },
    get trouble() {
      return trouble;
    },
    claim: (request, options) => heed(store.claim(request, options)),
    renew: (request, ttl, options) => store.renew(request, ttl, options),
    release: (request, options) => store.release(request, options),
    leaveLine: async (request, options) => await store.leaveLine?.(request, options),
    ...(store.watch !== undefined && { watch: store.watch.bind(store) }),
    // The first claim of all adds the sessions before.
    add: (request, options) => heed(store.add(request, options)),
    withdraw: (pool, ids, options) => store.withdraw(pool, ids, options),
    inspect: (pool, options) => store.inspect(pool, options),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
