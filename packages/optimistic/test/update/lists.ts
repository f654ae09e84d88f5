/** Lists of names on a faulty network, in virtual time: what most tests of update() work with. */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type DocumentStore,
  documentStore,
  type Updated,
  type UpdateOptions,
  update,
} from '../../src/index.ts';
import { Backend, faultyDriver, type Network } from '../faulty-documents.ts';

export type Names = readonly string[];

export interface Lists {
  readonly backend: Backend;
  readonly clock: VirtualClock;
  readonly store: DocumentStore<Names>;
  /** Somebody else's connection, without faults. */
  readonly other: DocumentStore<Names>;
  readonly options: UpdateOptions;
  /** Appends a name to the list "k". */
  add(name: string, options?: UpdateOptions): Promise<Updated<Names>>;
  /** Somebody else appends a name. */
  addElsewhere(name: string): Promise<void>;
}

export function lists(network: Network = {}, clock = virtualClock({ autoAdvance: true })): Lists {
  const backend = new Backend();
  const store = documentStore<Names>(faultyDriver(backend, network));
  const other = documentStore<Names>(
    faultyDriver(backend, { keepsFacts: network.keepsFacts ?? true }),
  );
  const options = { clock, random: () => 0.5 };
  return {
    backend,
    clock,
    store,
    other,
    options,
    add: (name, more) =>
      update(store, 'k', (names = []) => [...names, name], { ...options, ...more }),
    async addElsewhere(name) {
      const before = await other.read('k');
      if (before === undefined) await other.create('k', [name]);
      else await other.replace('k', [...before.value, name], before);
    },
  };
}

/** Rejects when the promise does not, and hands over what it was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.catch((error: unknown) => ({ error }));
  if (typeof value === 'object' && value !== null && 'error' in value) return value.error;
  throw new Error(`It was not rejected, but gave ${JSON.stringify(value)}.`);
}

export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
