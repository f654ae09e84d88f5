/**
 * What a test of the suite works with: a place, two connections to it, and short ways to do what the
 * tests do most.
 * @module
 */
import type { TestContext } from 'vitest';
import type { AtomicCounter, Counter } from '../counter-port.ts';
import type {
  CounterCapabilities,
  CounterPlace,
  FaultyCounterConnection,
} from './counter-harness.ts';

/** Filled anew before each test. */
export interface Setting {
  place: CounterPlace;
  counter: Counter;
  /** A second connection, as another process would have it. */
  other: Counter;
  readonly capabilities: CounterCapabilities;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

/** In milliseconds. */
export const day = 86_400_000;

/** Skips a test or a group, with the note that the conformance report reads. */
export function need(
  setting: Setting,
  ...capabilities: readonly (keyof CounterCapabilities)[]
): (context: Pick<TestContext, 'skip'>) => void {
  return ({ skip }) => {
    for (const name of capabilities) {
      skip(!setting.capabilities[name], `capability not claimed: ${name}`);
    }
  };
}

/** A counter as one that also answers. */
export function atomic(counter: Counter): AtomicCounter {
  if ('addAndGet' in counter) return counter as AtomicCounter;
  throw new Error('A harness that claims `addAndGet` has to connect to an AtomicCounter.');
}

/** So many connections, the two of the setting among them. */
export async function connections(
  { place, counter, other }: Setting,
  count: number,
): Promise<[Counter, ...Counter[]]> {
  const more = await Promise.all(Array.from({ length: count - 2 }, () => place.connect()));
  return [counter, other, ...more];
}

export function faulty({ place }: Setting): Promise<FaultyCounterConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `lostReplies` needs `place.connectFaulty`.');
  }
  return place.connectFaulty();
}

export function passTime({ place }: Setting, ms: number): Promise<void> {
  if (place.passTime === undefined) {
    throw new Error('A harness that claims `expiry` needs `place.passTime`.');
  }
  return place.passTime(ms);
}

/** As many answers as `count`, of calls from several connections, all made before the first one has answered. */
export function atOnce<Connection, T>(
  connections: readonly [Connection, ...Connection[]],
  count: number,
  call: (connection: Connection, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      call(connections[n % connections.length] ?? connections[0], n),
    ),
  );
}

/** What became of a call that may be refused. */
export type Answer<T> = { readonly done: T } | { readonly refused: unknown };

export async function answerOf<T>(call: Promise<T>): Promise<Answer<T>> {
  try {
    return { done: await call };
  } catch (error) {
    return { refused: error };
  }
}
