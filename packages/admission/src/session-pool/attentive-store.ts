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
  const { name, queues, ttlBounds } = store;
  return {
    ...{ name, queues, ttlBounds },
    get trouble() {
      return trouble;
    },
    async claim(request, options) {
      try {
        const reply = await store.claim(request, options);
        trouble = undefined;
        return reply;
      } catch (error) {
        trouble = error;
        throw error;
      }
    },
    renew: (request, ttl, options) => store.renew(request, ttl, options),
    release: (request, options) => store.release(request, options),
    leaveLine: async (request, options) => await store.leaveLine?.(request, options),
    ...(store.watch !== undefined && { watch: store.watch.bind(store) }),
    add: (request, options) => store.add(request, options),
    withdraw: (pool, ids, options) => store.withdraw(pool, ids, options),
    inspect: (pool, options) => store.inspect(pool, options),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
