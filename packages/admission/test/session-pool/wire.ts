/**
 * What is between a process and a store of pools in tests: it can be cut, and it can hide the line.
 * @module
 */
import type { PoolStore } from '@runafter/claim';
import type { Clock, WaitOptions } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';

/** How it is. */
export interface Wire {
  /** `cut`: every request fails; `silent`: none is answered in time, as if the process had died. */
  state: 'whole' | 'cut' | 'silent';
  /** Thrown by the next claims, in place of asking. */
  refusal: unknown;
  /** Every reply takes so long, in milliseconds. */
  delay: number;
  /** Renewals say that the lease is somebody else's. */
  loses: boolean;
}

/** @param hasLine - false: as stores that keep no order, and tell nobody. */
export function wired(store: PoolStore, wire: Wire, clock: Clock, hasLine = true): PoolStore {
  const send = async <T>({ signal }: WaitOptions, request: () => Promise<T>): Promise<T> => {
    if (wire.state === 'silent') {
      await clock.sleep('5s', { signal });
      throw new ServiceUnavailableError(store.name, 'unknown');
    }
    if (wire.state === 'cut') throw new ServiceUnavailableError(store.name, 'not-done');
    const reply = await request();
    if (wire.delay > 0) await clock.sleep(wire.delay);
    return reply;
  };
  return {
    name: store.name,
    queues: hasLine,
    claim: ({ place, ...request }, options) =>
      send(options, () => {
        if (wire.refusal !== undefined) throw wire.refusal;
        return store.claim({ ...request, place: hasLine ? place : undefined }, options);
      }),
    renew: (request, ttl, options) =>
      send(options, async () => !wire.loses && (await store.renew(request, ttl, options))),
    release: (request, options) =>
      send(options, async () => {
        const had = await store.release(request, options);
        // Whoever is next is told before.
        if (wire.delay > 0) await clock.sleep(wire.delay);
        return had;
      }),
    leaveLine: (request, options) =>
      send(options, async () => await store.leaveLine?.(request, options)),
    ...(hasLine && store.watch !== undefined && { watch: store.watch.bind(store) }),
    add: (request, options) => send(options, () => store.add(request, options)),
    withdraw: (pool, ids, options) => send(options, () => store.withdraw(pool, ids, options)),
    inspect: (pool, options) => send(options, () => store.inspect(pool, options)),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** @returns one that is whole. */
export function newWire(): Wire {
  return { state: 'whole', refusal: undefined, delay: 0, loses: false };
}
