/**
 * What a test of the suite works with: a place, two connections to it, and short ways to do what the tests do
 * most.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { expect, type TestContext } from 'vitest';
import type { AcquireOptions, Lease, Lock } from '../lock-port.ts';
import type {
  FaultyLockConnection,
  LockCapabilities,
  LockConnectOptions,
  LockPlace,
  LockProcess,
  LockProcessTask,
} from './lock-harness.ts';

/** Filled anew before each test. */
export interface Setting {
  place: LockPlace;
  lock: Lock;
  /** A second connection, as another process would have it. */
  other: Lock;
  readonly capabilities: LockCapabilities;
  /** In milliseconds: the shortest one, for who loses the name. */
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

/** So many connections more. */
export function connections(
  { place }: Setting,
  count: number,
  options?: LockConnectOptions,
): Promise<Lock[]> {
  return Promise.all(Array.from({ length: count }, () => place.connect(options)));
}

/** As many calls as `count`, from one connection after the other, all made before the first one has ended. */
export function eachOf<Connection, T>(
  connections: readonly Connection[],
  count: number,
  call: (connection: Connection, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, n) =>
    call(connections[n % connections.length] as Connection, n),
  );
}

/** Somebody who waits. */
export interface Waiter<H> {
  /** Handled already, so that a waiter may be left alone. */
  readonly granted: Promise<H>;
}

/** A connection of its own, for who begins to wait: where releases wake, nothing else does for a long time. */
export async function startWaiting(
  setting: Setting,
  name: string,
  options?: AcquireOptions,
): Promise<Waiter<Lease>> {
  const { place, capabilities } = setting;
  return await untilWaiting(
    (random) => place.connect({ random, poll: capabilities.wakes ? '1m' : 100 }),
    (lock) => lock.acquire(name, { wait: '2m', ...options }),
  );
}

/**
 * Makes a connection and a call on it that waits. Resolves when the backend has answered that the name is not
 * to be had: only then its random is asked how long to wait.
 */
export async function untilWaiting<Service, H>(
  connect: (random: () => number) => Promise<Service>,
  call: (service: Service) => Promise<H>,
): Promise<Waiter<H>> {
  return await new Promise((resolve, reject) => {
    let granted: Promise<H> | undefined;
    const begin = () => granted && resolve({ granted });
    const calling = connect(() => {
      begin();
      return Math.random();
    });
    calling.then((service) => {
      granted = call(service);
      granted.then(begin, begin);
    }, reject);
  });
}

/** Resolves with the reason when the signal aborts. Only for what loses a lease within twice the ttl. */
export async function endOf(setting: Setting, { signal }: Lease): Promise<unknown> {
  // Somebody has to keep a virtual clock going meanwhile: leases do not.
  const clock = clockOf(setting);
  for (let look = 0; look < 40 && !signal.aborted; look++) await clock.sleep(setting.ttl / 20);
  return signal.reason;
}

export function faulty(
  { place }: Setting,
  options?: LockConnectOptions,
): Promise<FaultyLockConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `faults` needs `place.connectFaulty`.');
  }
  return place.connectFaulty(options);
}

export function breakLease({ place }: Setting, name: string): Promise<void> {
  if (place.breakLease === undefined) {
    throw new Error('A harness that claims `breakable` needs `place.breakLease`.');
  }
  return place.breakLease(name);
}

export function startProcess({ place }: Setting, task: LockProcessTask): Promise<LockProcess> {
  if (place.startProcess === undefined) {
    throw new Error('A harness that claims `processes` needs `place.startProcess`.');
  }
  return place.startProcess(task);
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
