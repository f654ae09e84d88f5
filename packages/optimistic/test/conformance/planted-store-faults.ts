/** What a store may do wrong above its driver, planted in a sound one. */
import type {
  CallOptions,
  DocumentStore,
  Fence,
  StoredDocument,
  WriteOptions,
} from '@runafter/optimistic';

/** A fault of a store. */
export type StoreFault =
  | 'takes a star for every ETag'
  | 'does not ask whether the fence is held'
  | 'keeps tokens as numbers'
  | 'does not compare owners'
  | 'ignores the signal'
  | 'goes on after it was closed'
  | 'hands the same value to every reader'
  | 'takes the value when the request is sent';

/** The store, with the fault. */
export function withStoreFault<T>(store: DocumentStore<T>, fault: StoreFault): DocumentStore<T> {
  const cache = new Map<string, T>();
  return {
    name: store.name,
    async read(key, options) {
      const document = await store.read(key, calls(options));
      return document && cached(document);
    },
    async create(key, value, options) {
      await sending();
      return store.create(key, value, writes(options));
    },
    async replace(key, value, version, options) {
      return store.replace(key, value, await versionOf(key, version), writes(options));
    },
    async remove(key, version, options) {
      return store.remove(key, await versionOf(key, version), writes(options));
    },
    list: (prefix, options) => store.list(prefix, calls(options)),
    roundTrip: (key, value) => store.roundTrip(key, value),
    close: async () => {
      if (fault !== 'goes on after it was closed') await store.close();
    },
    [Symbol.asyncDispose]: () => store.close(),
  };

  function calls(options: CallOptions = {}): CallOptions {
    return fault === 'ignores the signal' ? { ...options, signal: undefined } : options;
  }

  function writes(options: WriteOptions = {}): WriteOptions {
    const { fence } = options;
    return { ...options, ...calls(options), fence: fence && changed(fence) };
  }

  function changed(fence: Fence): Fence {
    const { token, owner } = fence;
    const assertHeld = () => fence.assertHeld();
    switch (fault) {
      case 'does not ask whether the fence is held':
        return { token, owner, assertHeld: () => {} };
      case 'keeps tokens as numbers':
        return { token: BigInt(Number(token)), owner, assertHeld };
      case 'does not compare owners':
        return { token, owner: 'somebody', assertHeld };
      default:
        return fence;
    }
  }

  function cached(document: StoredDocument<T>): StoredDocument<T> {
    if (fault !== 'hands the same value to every reader') return document;
    const value = cache.get(document.etag) ?? document.value;
    cache.set(document.etag, value);
    return { ...document, value };
  }

  async function versionOf(key: string, version: string | StoredDocument<T>): Promise<string> {
    const etag = typeof version === 'string' ? version : version.etag;
    if (etag !== '*' || fault !== 'takes a star for every ETag') return etag;
    return (await store.read(key))?.etag ?? etag;
  }

  async function sending(): Promise<void> {
    if (fault === 'takes the value when the request is sent') await Promise.resolve();
  }
}
