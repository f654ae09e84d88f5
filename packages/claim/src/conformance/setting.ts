/**
 * What a test of the suite works with: a place, two stores of it, and short ways to do what the tests do most.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { expect, type TestContext } from 'vitest';
import { type PoolOptions, pool } from '../pool.ts';
import type { Pool, Resource } from '../pool-port.ts';
import type { PoolStore } from '../pool-store.ts';
import type {
  FaultyPoolConnection,
  PoolCapabilities,
  PoolPlace,
  PoolProcess,
  PoolProcessTask,
} from './pool-harness.ts';

/** Filled anew before each test. */
export interface Setting {
  place: PoolPlace;
  store: PoolStore;
  /** A second store of the place, as another machine would have it. */
  other: PoolStore;
  /** What poolOf() has made, to be closed in the end. */
  readonly pools: Set<AsyncDisposable>;
  readonly capabilities: PoolCapabilities;
  /** In milliseconds: the shortest one, for who loses the resource. */
  readonly ttl: number;
  /** In milliseconds: for who has to renew in time, also while the machine is busy. */
  readonly roomyTtl: number;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

/**
 * How long somebody waits at most who is next: far less than the poll of those who are woken, and than the
 * default ttl, so that only a wake-up or a short poll can have ended it.
 */
export const soon = '6s';

/** Skips a test or a group, with the note that the conformance report reads. */
export function need<Capability extends string>(
  setting: { readonly capabilities: Readonly<Record<Capability, boolean>> },
  ...capabilities: readonly NoInfer<Capability>[]
): (context: Pick<TestContext, 'skip'>) => void {
  return ({ skip }) => {
    for (const name of capabilities) {
      skip(!setting.capabilities[name], `capability not claimed: ${name}`);
    }
  };
}

/** The clock that everything in the place goes by. */
export function clockOf({ place }: { readonly place: { readonly clock?: Clock } }): Clock {
  return place.clock ?? systemClock;
}

/** A pool of one of the place's stores: that of all tests, unless it is told another name. */
export function poolOf<const T extends Resource = string>(
  setting: Setting,
  store: PoolStore,
  resources: readonly T[] = [],
  { name = 'licences', ...options }: PoolOptions & { readonly name?: string } = {},
): Pool<T> {
  const { capabilities, pools } = setting;
  const poll = capabilities.wakes ? undefined : 100;
  const made = pool(store, name, resources, { poll, clock: clockOf(setting), ...options });
  pools.add(made);
  return made;
}

/** The same pool on as many stores, each as another machine would have it. */
export async function poolsOf<const T extends Resource>(
  setting: Setting,
  count: number,
  resources: readonly T[],
  options?: PoolOptions & { readonly name?: string },
): Promise<Pool<T>[]> {
  const stores = await storesOf(setting, count);
  return stores.map((store) => poolOf(setting, store, resources, options));
}

/** So many stores more. */
export function storesOf({ place }: Setting, count: number): Promise<PoolStore[]> {
  return Promise.all(Array.from({ length: count }, () => place.connect()));
}

/** As many calls as `count`, on one after the other, all made before the first one has ended. */
export function eachOf<Connection, T>(
  connections: readonly Connection[],
  count: number,
  call: (connection: Connection, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, n) =>
    call(connections[n % connections.length] as Connection, n),
  );
}

/** `E5-001`, `E5-002`, … */
export function licences(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `E5-${String(n + 1).padStart(3, '0')}`);
}

export function faulty({ place }: Setting): Promise<FaultyPoolConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `faults` needs `place.connectFaulty`.');
  }
  return place.connectFaulty();
}

export function startProcess({ place }: Setting, task: PoolProcessTask): Promise<PoolProcess> {
  if (place.startProcess === undefined) {
    throw new Error('A harness that claims `processes` needs `place.startProcess`.');
  }
  return place.startProcess(task);
}

/** Somebody who waits. */
export interface Waiter<C> {
  /** Handled already, so that a waiter may be left alone. */
  readonly claimed: Promise<C>;
}

/**
 * Calls on a store of its own, as who begins to wait: where releases wake, nothing else does for a long time.
 * Resolves when the store has answered that there is nothing: only then the pool asks its random how long to wait.
 */
export async function startWaiting<C>(
  setting: Setting,
  call: (pool: Pool<string>) => Promise<C>,
  options: PoolOptions & { readonly name?: string } = {},
): Promise<Waiter<C>> {
  const store = await setting.place.connect();
  const poll = setting.capabilities.wakes ? '1m' : 100;
  return await new Promise((resolve) => {
    let claimed: Promise<C> | undefined;
    const begin = () => claimed && resolve({ claimed });
    const random = () => {
      begin();
      return Math.random();
    };
    claimed = call(poolOf(setting, store, [], { poll, ...options, random }));
    claimed.then(begin, begin);
  });
}

/** For `toThrow`. */
export const leaseLost: Error = expect.objectContaining({ code: 'LEASE_LOST' }) as Error;

/**
 * Why a call rejects; undefined when it does not. Scenes have nothing else: vitest counts an
 * `expect(…).rejects` for whichever test is running.
 */
export function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
