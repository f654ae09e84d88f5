/**
 * Documents in memory behind a network that a test chooses.
 * @module
 */
import {
  type DocumentDriver,
  type DocumentStore,
  type DocumentStoreOptions,
  documentStore,
  type VersionedRecord,
  type WriteCondition,
} from '@runafter/optimistic';
import type { Sending } from './weather.ts';

/** The service, which several processes can speak with. */
export class Documents {
  readonly records = new Map<string, VersionedRecord>();
  /** All values that were written, as texts. */
  readonly written: string[] = [];
  #versions = 0;

  holds(key: string, condition: WriteCondition): boolean {
    return 'ifMatch' in condition
      ? this.records.get(key)?.etag === condition.ifMatch
      : !this.records.has(key);
  }

  async write(
    key: string,
    record: { readonly body: string | undefined; readonly facts: string | undefined },
    condition: WriteCondition,
  ): Promise<string | undefined> {
    if (!this.holds(key, condition)) return undefined;
    const etag = `v${++this.#versions}`;
    this.records.set(key, { ...record, etag });
    this.written.push(record.body ?? '');
    return etag;
  }
}

/** The store of one process. */
export function shakyDocuments<T>(
  documents: Documents,
  network: Sending,
  options?: DocumentStoreOptions<T>,
): DocumentStore<T> {
  const driver: DocumentDriver = {
    name: 'Shaky documents',
    keepsFacts: true,
    read: (key, { signal }) => network.send(async () => documents.records.get(key), signal, 'read'),
    write: (key, record, condition, { signal }) =>
      network.send(() => documents.write(key, record, condition), signal, 'write'),
    remove: (key, etag, { signal }) =>
      network.send(
        async () => documents.holds(key, { ifMatch: etag }) && documents.records.delete(key),
        signal,
        'remove',
      ),
    async *list() {},
    async close() {},
  };
  return documentStore(driver, options);
}
