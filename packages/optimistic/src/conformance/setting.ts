/**
 * What a test of the suite works with: a place, two connections to it, and short ways to do what the
 * tests do most.
 * @module
 */
import type { TestContext } from 'vitest';
import type { DocumentStore, StoredDocument } from '../document-port.ts';
import type { Fence } from '../fence.ts';
import type {
  DocumentStoreCapabilities,
  DocumentStorePlace,
  FaultyConnection,
  Parcel,
} from './document-store-harness.ts';

/** Filled anew before each test. */
export interface Setting {
  place: DocumentStorePlace;
  store: DocumentStore<Parcel>;
  /** A second connection, as another process would have it. */
  other: DocumentStore<Parcel>;
  readonly capabilities: DocumentStoreCapabilities;
  /** Of the random tests. */
  readonly seed: number | undefined;
  /** How many documents are listed, to cross the border of a page. */
  readonly many: number;
}

/** Skips a test or a group, with the note that the conformance report reads. */
export function need(
  setting: Setting,
  ...capabilities: readonly (keyof DocumentStoreCapabilities)[]
): (context: Pick<TestContext, 'skip'>) => void {
  return ({ skip }) => {
    for (const name of capabilities) {
      skip(!setting.capabilities[name], `capability not claimed: ${name}`);
    }
  };
}

export function aParcel(count: number, note = ''): Parcel {
  return { count, note };
}

/** A fence that is held. */
export function aFence(token: bigint | number, owner = 'host-1'): Fence {
  return { token: BigInt(token), owner, assertHeld: () => {} };
}

/** Puts a new document there, by whichever way the driver has, and reads it. */
export async function put(
  { store, place, capabilities }: Setting,
  key: string,
  value: Parcel = aParcel(0),
): Promise<StoredDocument<Parcel>> {
  if (capabilities.create) {
    await store.create(key, value);
  } else {
    if (place.seed === undefined) throw new Error('A driver without `create` needs `place.seed`.');
    await place.seed(key, value);
  }
  return existing(store, key);
}

/** Reads a document that has to be there. */
export async function existing<T>(
  store: DocumentStore<T>,
  key: string,
): Promise<StoredDocument<T>> {
  const document = await store.read(key);
  if (document === undefined) throw new Error(`There is no document "${key}".`);
  return document;
}

/** So many connections, the two of the setting among them. */
export async function connections(
  { place, store, other }: Setting,
  count: number,
): Promise<[DocumentStore<Parcel>, ...DocumentStore<Parcel>[]]> {
  const more = await Promise.all(Array.from({ length: count - 2 }, () => place.connect<Parcel>()));
  return [store, other, ...more];
}

export function faulty({ place }: Setting): Promise<FaultyConnection<Parcel>> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `lostReplies` needs `place.connectFaulty`.');
  }
  return place.connectFaulty<Parcel>();
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

export async function keysOf<T>(store: DocumentStore<T>, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}
