/**
 * A run store with documents beside it, and both to look into.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { claimCheck, memoryRunStore, type RunStore } from '../../src/index.ts';
import { MemoryDocuments } from './memory-documents.ts';

export interface ClaimPlace {
  readonly clock: VirtualClock;
  readonly documents: MemoryDocuments;
  /** What keeps the references. */
  readonly inner: RunStore;
  readonly store: RunStore;
}

/** Texts of more than 20 bytes become documents. */
export function claimPlace(around: (inner: RunStore) => RunStore = (inner) => inner): ClaimPlace {
  const clock = virtualClock();
  const documents = new MemoryDocuments();
  const inner = memoryRunStore({ clock });
  return { clock, documents, inner, store: claimCheck(around(inner), documents, { above, clock }) };
}

const above = 20;

/** A text that becomes a document. */
export function large(text: string): string {
  return text.padEnd(above + 1, '.');
}

/** The store with some of its methods replaced. */
export function withMethods(
  store: RunStore,
  methods: (store: RunStore) => Partial<RunStore>,
): RunStore {
  const own = methods(store);
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(name in own ? own : target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Resolves when everything that waits for nothing but its turn has had it. */
export async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A promise, and what resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
