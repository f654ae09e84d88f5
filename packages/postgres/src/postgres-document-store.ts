/**
 * Documents as rows: the ETag is a version that comes from a sequence of the whole table.
 *
 * Invariant: every write takes the next number of the sequence, so a version never comes twice, also when
 * a document is removed and created again. Read next: migrations.ts for the table.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { ServiceOptionError } from '@runafter/errors';
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
import { Connection } from './connection.ts';
import { quotedSchema } from './quoted-name.ts';
import type { PostgresClient } from './sessions.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link postgresDocumentStore}. */
export interface PostgresDocumentStoreOptions<T> extends DocumentStoreOptions<T> {
  /**
   * Documents of different collections never meet. 1 to 40 of `A-Z a-z 0-9 . _ -`; case counts. Default
   * `default`.
   */
  readonly collection?: string | undefined;
  /** The schema that was given to `migrate()`. Default `runafter`. (`schema` is what checks values.) */
  readonly databaseSchema?: string | undefined;
  /** How many entries `list()` fetches at a time. Default 1,000. */
  readonly pageSize?: number | undefined;
  /** By which the waits between tries are made. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * A store of documents in PostgreSQL. Call `migrate()` before its first use.
 *
 * @param client - a pool of yours, or how to connect: options of `pg`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const orders = postgresDocumentStore<Order>(pool, { collection: 'orders' });
 * await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 */
export function postgresDocumentStore<T = unknown>(
  client: PostgresClient,
  options: PostgresDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  return documentStore<T>(new PostgresDocuments(client, options), options);
}

type Options = Omit<PostgresDocumentStoreOptions<never>, keyof DocumentStoreOptions<never>>;

interface Row {
  readonly version: string;
  readonly body: string | null;
  readonly facts: string | null;
}

class PostgresDocuments implements DocumentDriver {
  readonly name: string;
  readonly keepsFacts = true;
  readonly #connection: Connection;
  readonly #collection: string;
  readonly #pageSize: number;
  readonly #table: string;

  constructor(client: PostgresClient, options: Options) {
    const { collection = 'default', databaseSchema = 'runafter', pageSize = 1_000 } = options;
    this.name = `PostgreSQL documents "${collection}"`;
    checkCollection(this.name, collection);
    checkPageSize(this.name, pageSize);
    this.#table = `${quotedSchema(this.name, 'databaseSchema', databaseSchema)}.documents`;
    this.#connection = new Connection(this.name, client, options.clock);
    this.#collection = collection;
    this.#pageSize = pageSize;
  }

  async read(key: string, options: CallOptions): Promise<VersionedRecord | undefined> {
    const [row] = await this.#connection.run<Row>(
      `SELECT version::text, body, facts FROM ${this.#table} WHERE collection = $1 AND key = $2`,
      this.#place(key),
      options,
    );
    if (row === undefined) return undefined;
    const body = row.body === null ? undefined : fromStoredText(row.body);
    return { etag: row.version, body, facts: row.facts ?? undefined };
  }

  async write(
    key: string,
    { body, facts }: DocumentRecord,
    condition: WriteCondition,
    options: CallOptions,
  ): Promise<string | undefined> {
    const stored = [body === undefined ? null : toStoredText(body), facts ?? null];
    if ('ifNoneMatch' in condition) {
      const insert = `
        INSERT INTO ${this.#table} (collection, key, body, facts) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING version::text`;
      return this.#versionOf(insert, [...this.#place(key), ...stored], options);
    }
    if (!isVersion(condition.ifMatch)) return undefined;
    const replace = `
      UPDATE ${this.#table} SET body = $3, facts = $4, version = DEFAULT
      WHERE collection = $1 AND key = $2 AND version = $5 RETURNING version::text`;
    return this.#versionOf(replace, [...this.#place(key), ...stored, condition.ifMatch], options);
  }

  async remove(key: string, etag: string, options: CallOptions): Promise<boolean> {
    if (!isVersion(etag)) return false;
    const remove = `
      DELETE FROM ${this.#table} WHERE collection = $1 AND key = $2 AND version = $3 RETURNING version::text`;
    return (await this.#versionOf(remove, [...this.#place(key), etag], options)) !== undefined;
  }

  /** In the order of keys, page by page, so that no session is held while the caller takes his time. */
  async *list(prefix: string, options: CallOptions): AsyncIterable<RecordEntry> {
    const page = `
      SELECT key, version::text, body IS NULL AS is_tombstone FROM ${this.#table}
      WHERE collection = $1 AND key > $2 AND key >= $3 AND starts_with(key, $3)
      ORDER BY key LIMIT $4`;
    let after = '';
    for (;;) {
      const rows = await this.#connection.run<{
        key: string;
        version: string;
        is_tombstone: boolean;
      }>(page, [this.#collection, after, toStoredText(prefix), this.#pageSize], options);
      for (const { key, version, is_tombstone: isTombstone } of rows) {
        yield { key: fromStoredText(key), etag: version, isTombstone };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < this.#pageSize) return;
      after = last.key;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #place(key: string): [collection: string, key: string] {
    return [this.#collection, toStoredText(key)];
  }

  async #versionOf(
    text: string,
    values: readonly (string | null)[],
    options: CallOptions,
  ): Promise<string | undefined> {
    const [row] = await this.#connection.run<Pick<Row, 'version'>>(text, values, options);
    return row?.version;
  }
}

/** ETags of other stores fit no row; PostgreSQL would refuse to compare what is no bigint. */
function isVersion(etag: string): boolean {
  return /^\d{1,18}$/.test(etag);
}

function checkCollection(service: string, collection: string): void {
  if (/^[\w.-]{1,40}$/.test(collection)) return;
  const fix = 'takes 1 to 40 of the characters A-Z a-z 0-9 . _ - only. Choose such a name.';
  throw new ServiceOptionError(service, 'collection', fix);
}

function checkPageSize(service: string, pageSize: number): void {
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= 100_000) return;
  throw new ServiceOptionError(service, 'pageSize', 'takes a whole number, 1 to 100,000.');
}
