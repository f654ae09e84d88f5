/**
 * Documents as rows: the ETag is their `rowversion`, which the server itself renews with every write.
 *
 * Invariant: a rowversion is unique in the database for all time, so none comes twice, also when a
 * document is removed and created again. Read next: migrations.ts for the table.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { readProperty, ServiceOptionError } from '@runafter/errors';
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
import type { MssqlClient, Parameter } from './mssql-client.ts';
import { isDuplicate } from './mssql-errors.ts';
import { quotedSchema } from './quoted-name.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link mssqlDocumentStore}. */
export interface MssqlDocumentStoreOptions<T> extends DocumentStoreOptions<T> {
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
 * A store of documents in SQL Server. Call `migrate()` before its first use.
 *
 * @param client - a connected pool of yours, or how to connect: options of `mssql`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const orders = mssqlDocumentStore<Order>(pool, { collection: 'orders' });
 * await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 */
export function mssqlDocumentStore<T = unknown>(
  client: MssqlClient,
  options: MssqlDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  return documentStore<T>(new MssqlDocuments(client, options), options);
}

type Options = Omit<MssqlDocumentStoreOptions<never>, keyof DocumentStoreOptions<never>>;

interface Row {
  readonly version: Buffer;
  readonly body: string | null;
  readonly facts: string | null;
}

/** That of the keys. */
const collation = 'Latin1_General_100_BIN2';

/** Ends every stored key, since SQL Server takes 'a' and 'a ' for equal. */
const end = '|';

/** Matches the document that a call is about. */
const here = 'collection = @collection AND [key] = @key';

/** The version as a number, since not every server compares a rowversion with bytes. */
const sameVersion = 'CAST(version AS bigint) = @version';

class MssqlDocuments implements DocumentDriver {
  readonly name: string;
  readonly keepsFacts = true;
  readonly #connection: Connection;
  readonly #collection: Parameter;
  readonly #pageSize: number;
  readonly #table: string;

  constructor(client: MssqlClient, options: Options) {
    const { collection = 'default', databaseSchema = 'runafter', pageSize = 1_000 } = options;
    this.name = `SQL Server documents "${collection}"`;
    checkCollection(this.name, collection);
    checkPageSize(this.name, pageSize);
    this.#table = `${quotedSchema(this.name, 'databaseSchema', databaseSchema)}.documents`;
    this.#connection = new Connection(this.name, client, options.clock);
    this.#collection = { text: collection, length: 40 };
    this.#pageSize = pageSize;
  }

  async read(key: string, options: CallOptions): Promise<VersionedRecord | undefined> {
    const select = `SELECT version, body, facts FROM ${this.#table} WHERE ${here};`;
    const [row] = await this.#connection.run<Row>(select, this.#place(key), options);
    if (row === undefined) return undefined;
    const body = row.body === null ? undefined : fromStoredText(row.body);
    return { etag: etagOf(row.version), body, facts: row.facts ?? undefined };
  }

  async write(
    key: string,
    { body, facts }: DocumentRecord,
    condition: WriteCondition,
    options: CallOptions,
  ): Promise<string | undefined> {
    const values = {
      ...this.#place(key),
      body: { text: body === undefined ? null : toStoredText(body), length: 'max' },
      facts: { text: facts ?? null, length: 4_000 },
    } as const;
    return 'ifNoneMatch' in condition
      ? this.#insert(values, options)
      : this.#replace(values, condition.ifMatch, options);
  }

  async remove(key: string, etag: string, options: CallOptions): Promise<boolean> {
    const version = versionOf(etag);
    if (version === undefined) return false;
    const remove = `
      DELETE FROM ${this.#table} OUTPUT deleted.version AS version WHERE ${here} AND ${sameVersion};`;
    const place = { ...this.#place(key), version: { bigint: version } };
    return (await this.#connection.run(remove, place, options)).length > 0;
  }

  /** In the order of keys, page by page, so that no session is held while the caller takes his time. */
  async *list(prefix: string, options: CallOptions): AsyncIterable<RecordEntry> {
    const page = `
      SELECT TOP (@count) [key], version, CASE WHEN body IS NULL THEN 1 ELSE 0 END AS tombstone
      FROM ${this.#table}
      WHERE collection = @collection AND [key] > @after
        AND [key] < CASE WHEN @last > @last_astral COLLATE ${collation} THEN @last ELSE @last_astral END
      ORDER BY [key];`;
    const range = rangeOf(toStoredText(prefix));
    const values = {
      collection: this.#collection,
      count: { bigint: BigInt(this.#pageSize) },
      last: { text: range.last, length: 801 },
      last_astral: { text: range.lastAstral, length: 801 },
    } as const;
    let after = range.before;
    for (;;) {
      const rows = await this.#connection.run<{ key: string; version: Buffer; tombstone: number }>(
        page,
        { ...values, after: { text: after, length: 801 } },
        options,
      );
      for (const { key: stored, version, tombstone } of rows) {
        const key = fromStoredText(stored.slice(0, -end.length));
        // The range is as exact as the server's order, and that takes a missing character for a space.
        if (!key.startsWith(prefix)) continue;
        yield { key, etag: etagOf(version), isTombstone: tombstone === 1 };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < this.#pageSize) return;
      after = last.key;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #place(key: string): { readonly collection: Parameter; readonly key: Parameter } {
    return {
      collection: this.#collection,
      key: { text: toStoredText(key) + end, length: 801 },
    };
  }

  async #insert(
    values: Readonly<Record<string, Parameter>>,
    options: CallOptions,
  ): Promise<string | undefined> {
    const insert = `
      INSERT INTO ${this.#table} (collection, [key], body, facts) OUTPUT inserted.version AS version
      VALUES (@collection, @key, @body, @facts);`;
    try {
      const [row] = await this.#connection.run<Pick<Row, 'version'>>(insert, values, options);
      return row && etagOf(row.version);
    } catch (error) {
      if (isDuplicate(readProperty(error, 'cause'))) return undefined;
      throw error;
    }
  }

  async #replace(
    values: Readonly<Record<string, Parameter>>,
    etag: string,
    options: CallOptions,
  ): Promise<string | undefined> {
    const version = versionOf(etag);
    if (version === undefined) return undefined;
    const replace = `
      UPDATE ${this.#table} SET body = @body, facts = @facts OUTPUT inserted.version AS version
      WHERE ${here} AND ${sameVersion};`;
    const withVersion = { ...values, version: { bigint: version } };
    const [row] = await this.#connection.run<Pick<Row, 'version'>>(replace, withVersion, options);
    return row && etagOf(row.version);
  }
}

/** As text, since it may be beyond 2^53. */
function etagOf(version: Buffer): string {
  return version.toString('hex');
}

/** @returns undefined for an ETag of another store, which fits no row. */
function versionOf(etag: string): bigint | undefined {
  return /^[\da-f]{16}$/.test(etag) ? BigInt.asIntN(64, BigInt(`0x${etag}`)) : undefined;
}

/**
 * Between which texts all keys with a beginning are. The last one depends on the server: some order by
 * UTF-16, where U+FFFF comes last, and some by code point, where U+10FFFF does.
 */
function rangeOf(beginning: string) {
  return {
    before: `${beginning}\u0001`,
    last: beginning.padEnd(801, '\uffff'),
    lastAstral: beginning + '\u{10ffff}'.repeat((801 - beginning.length) / 2),
  };
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
