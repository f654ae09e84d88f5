/**
 * Documents in this process's memory: for tests, and for state that need not outlive its process.
 *
 * Every call does its work before it returns its promise: that alone makes it one atomic step.
 * @module
 */
import type {
  DocumentDriver,
  RecordEntry,
  VersionedRecord,
  WriteCondition,
} from './document-driver.ts';
import type { DocumentStoreOptions } from './document-options.ts';
import type { DocumentStore } from './document-port.ts';
import { documentStore } from './document-store.ts';

/**
 * Makes an empty store in memory. Whoever should see the same documents uses the same store.
 *
 * @example
 * const orders = memoryDocumentStore<Order>();
 * await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 */
export function memoryDocumentStore<T>(options?: DocumentStoreOptions<T>): DocumentStore<T> {
  return documentStore(memoryDocumentDriver(), options);
}

function memoryDocumentDriver(): DocumentDriver {
  const records = new Map<string, VersionedRecord>();
  let versions = 0;

  const holds = (key: string, condition: WriteCondition) =>
    'ifMatch' in condition ? records.get(key)?.etag === condition.ifMatch : !records.has(key);

  return {
    name: 'Documents in memory',
    keepsFacts: true,
    async read(key) {
      return records.get(key);
    },
    async write(key, { body, facts }, condition) {
      if (!holds(key, condition)) return undefined;
      versions++;
      const etag = String(versions);
      records.set(key, { body, facts, etag });
      return etag;
    },
    async remove(key, etag) {
      return holds(key, { ifMatch: etag }) && records.delete(key);
    },
    async *list(prefix): AsyncGenerator<RecordEntry> {
      for (const [key, { etag, body }] of [...records]) {
        if (key.startsWith(prefix)) yield { key, etag, isTombstone: body === undefined };
      }
    },
    async close() {},
  };
}
