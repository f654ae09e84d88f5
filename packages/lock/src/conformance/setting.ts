/**
 * What a test of the suite works with: a place, two connections to it, and short ways to do what the tests do
 * most.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import type { TestContext } from 'vitest';
import type { Lock } from '../lock-port.ts';
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
  /** Milliseconds. */
  readonly ttl: number;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

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
