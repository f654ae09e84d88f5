/**
 * A DocumentStore on Redis: one hash for a document, written by a script that compares its ETag.
 *
 * Invariant: the server compares and writes in one step, and an ETag is 128 random bits, so it is never
 * that of another version, whatever was removed or lost in between. Read next: document-scripts.ts.
 * @module
 */
import { randomBytes } from 'node:crypto';
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
import { removeDocument, writeDocument } from './document-scripts.ts';
import { keysAfter } from './key-listing.ts';
import { assertKeyPrefix, defaultPrefix } from './key-prefix.ts';
import { runScript } from './lua-script.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { resendWindow } from './resend-window.ts';

/** Options of {@link redisDocumentStore}. */
export interface RedisDocumentStoreOptions<T> extends DocumentStoreOptions<T> {
  /**
   * What keys begin with: document `a` is kept under `runafter:document:a`. Stores with different prefixes
   * share a server and nothing else. Up to 200 characters. Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
}

/**
 * Makes a store of documents on Redis 7, Valkey, or newer.
 *
 * A read and a write are one round trip each. Nothing is sent before the first call.
 *
 * @param client - a client of ioredis, also a Cluster, which stays yours to close; or the options or the URL
 *   for one that the store makes and closes.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const orders = redisDocumentStore<Order>('redis://localhost:6379', { prefix: 'shop:' });
 * await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 * await orders.close();
 */
export function redisDocumentStore<T>(
  client: RedisSource,
  options: RedisDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  const { prefix = defaultPrefix, ...others } = options;
  const name = `Redis documents ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  const connection = new RedisConnection(name, client);
  return documentStore(new RedisDocumentDriver(connection, `${prefix}document:`), others);
}

class RedisDocumentDriver implements DocumentDriver {
  readonly keepsFacts = true;
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  get name(): string {
    return this.#connection.name;
  }

  async read(key: string): Promise<VersionedRecord | undefined> {
    const fields = await this.#connection.run((client) =>
      client.hmget(this.#prefix + key, 'etag', 'body', 'facts'),
    );
    const [etag, body, facts] = fields.map((field) => field ?? undefined);
    return etag === undefined ? undefined : { etag, body, facts };
  }

  async write(
    key: string,
    { body, facts }: DocumentRecord,
    condition: WriteCondition,
  ): Promise<string | undefined> {
    const expected = 'ifMatch' in condition ? condition.ifMatch : '';
    // The script takes '' for "none", and no version has it.
    if ('ifMatch' in condition && expected === '') return undefined;
    const etag = randomBytes(16).toString('base64url');
    const content = body === undefined ? ['tombstone', '1'] : ['body', body];
    const beside = facts === undefined ? [] : ['facts', facts];
    const written = await this.#connection.run((client) =>
      runScript(
        client,
        writeDocument,
        [this.#prefix + key],
        [expected, etag, ...content, ...beside],
      ),
    );
    return Number(written) === 1 ? etag : undefined;
  }

  async remove(key: string, etag: string): Promise<boolean> {
    const remembered = this.#connection.resends ? resendWindow : 0;
    const removed = await this.#connection.run((client) =>
      runScript(client, removeDocument, [this.#prefix + key], [etag, remembered]),
    );
    return Number(removed) === 1;
  }

  async *list(prefix: string, { signal }: CallOptions): AsyncGenerator<RecordEntry> {
    const pages = await this.#connection.run(async (client) =>
      keysAfter(client, this.#prefix + prefix),
    );
    for (;;) {
      signal?.throwIfAborted();
      const page = await this.#connection.run(() => pages.next());
      if (page.done) return;
      const entries = page.value.map((rest) => this.#entry(prefix + rest));
      for (const entry of await Promise.all(entries)) {
        if (entry !== undefined) yield entry;
      }
    }
  }

  /** Undefined when it was removed since its key was found. */
  async #entry(key: string): Promise<RecordEntry | undefined> {
    const [etag, tombstone] = await this.#connection.run((client) =>
      client.hmget(this.#prefix + key, 'etag', 'tombstone'),
    );
    return etag ? { key, etag, isTombstone: tombstone !== null } : undefined;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
