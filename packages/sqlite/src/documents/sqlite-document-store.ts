/**
 * A DocumentStore in an SQLite file, which may also hold runs and counters.
 *
 * Invariant: a write compares the version and makes the next one within one transaction, which it shares
 * with whatever else is written in the same turn of the event loop. Read next: document-table.ts.
 * @module
 */
import {
  type CallOptions,
  type DocumentDriver,
  type DocumentRecord,
  type DocumentStore,
  type DocumentStoreOptions,
  documentStore,
  type RecordEntry,
  type VersionedRecord,
  type WriteCondition,
} from '@runafter/optimistic';
import type { Database } from '../database.ts';
import { databaseOf, type SqliteFileOptions } from '../database-options.ts';
import { assertPrefixOption, serviceName } from '../prefix-option.ts';
import { asService } from '../service-faults.ts';
import { rangeOf, restAfter } from '../stored-key.ts';
import {
  deleteDocument,
  insertDocument,
  readDocument,
  readPage,
  updateDocument,
} from './document-table.ts';

/** Options of {@link sqliteDocumentStore}. */
export interface SqliteDocumentStoreOptions<T> extends DocumentStoreOptions<T>, SqliteFileOptions {
  /**
   * What keys begin with in the table, so that stores with different prefixes share a file and nothing
   * else. Up to 200 characters. Default ''.
   */
  readonly prefix?: string | undefined;
}

/** How many entries are listed in one read. */
const pageSize = 500;

/**
 * Makes a store of documents in a file of this machine. Several processes may use the file at the same time,
 * and it may be that of a run store.
 *
 * The file is opened, created and brought up to date by the first call.
 *
 * @param file - its path, or ':memory:' for a store that ends with the process. Never on a network share.
 * @returns a store whose errors are those of every store; the `StoreError` of the file is their `cause`.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`: an option cannot be used.
 * @example
 * const orders = sqliteDocumentStore<Order>('app.db', { prefix: 'order/' });
 * await update(orders, '17', (order) => order && { ...order, status: 'Complete' });
 * await orders.close();
 */
export function sqliteDocumentStore<T>(
  file: string,
  options: SqliteDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  const { prefix = '', schema, codec, ...fileOptions } = options;
  const database = databaseOf(file, fileOptions);
  assertPrefixOption(file, prefix);
  return documentStore(new SqliteDocumentDriver(database, prefix), { schema, codec });
}

class SqliteDocumentDriver implements DocumentDriver {
  readonly name: string;
  readonly keepsFacts = true;
  readonly #database: Database;
  readonly #prefix: string;

  constructor(database: Database, prefix: string) {
    this.name = serviceName('documents', prefix, database);
    this.#database = database;
    this.#prefix = prefix;
  }

  read(key: string): Promise<VersionedRecord | undefined> {
    const work = this.#database.read((connection) => readDocument(connection, this.#prefix + key));
    return asService(this.name, work);
  }

  write(
    key: string,
    record: DocumentRecord,
    condition: WriteCondition,
  ): Promise<string | undefined> {
    const fullKey = this.#prefix + key;
    const work = this.#database.write((connection) =>
      'ifMatch' in condition
        ? updateDocument(connection, fullKey, record, condition.ifMatch)
        : insertDocument(connection, fullKey, record),
    );
    return asService(this.name, work);
  }

  remove(key: string, etag: string): Promise<boolean> {
    const work = this.#database.write((connection) =>
      deleteDocument(connection, this.#prefix + key, etag),
    );
    return asService(this.name, work);
  }

  async *list(prefix: string, { signal }: CallOptions): AsyncGenerator<RecordEntry> {
    let range = rangeOf(this.#prefix + prefix);
    for (;;) {
      signal?.throwIfAborted();
      const page = this.#database.read((connection) => readPage(connection, range, pageSize));
      const { entries, last } = await asService(this.name, page);
      for (const { key, ...entry } of entries) {
        yield { key: key.slice(this.#prefix.length), ...entry };
      }
      if (entries.length < pageSize) return;
      range = restAfter(last, range);
    }
  }

  close(): Promise<void> {
    return asService(this.name, this.#database.close());
  }
}
