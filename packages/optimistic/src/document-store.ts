/**
 * The DocumentStore on any driver: values, fences, tombstones and lost replies, written once.
 *
 * Invariant: every write is made from a version that was read, and is conditional on it. So what was
 * compared here (the fence, the ids of earlier writes) is still true when the backend writes, or the
 * write is refused. Read next: document-facts.ts, what is kept beside a value; update.ts.
 * @module
 */
import { untilAborted } from '@runafter/clock';
import { mayHaveBeenDone, ServiceClosedError } from '@runafter/errors';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Codec, jsonCodec } from './codec.ts';
import type {
  DocumentDriver,
  DocumentRecord,
  VersionedRecord,
  WriteCondition,
} from './document-driver.ts';
import {
  DocumentExistsError,
  DocumentInvalidError,
  DocumentOptionError,
  EtagMismatchError,
  OutcomeUnknownError,
} from './document-errors.ts';
import {
  afterRemoval,
  afterWrite,
  type Facts,
  formatFacts,
  newWriteId,
  noFacts,
  parseFacts,
  recentWrites,
} from './document-facts.ts';
import type { DocumentStoreOptions } from './document-options.ts';
import type {
  CallOptions,
  DocumentEntry,
  DocumentStore,
  StoredDocument,
  WriteOptions,
} from './document-port.ts';
import { assertKey, assertPrefix, assertWriteId } from './document-rules.ts';
import { admits, assertFence, type Fence } from './fence.ts';
import { FenceRequiredError, FenceStaleError, FenceUnsupportedError } from './fence-errors.ts';
import { validate } from './schema.ts';

/**
 * Makes a store of documents on a driver. Drivers of this project come as stores already; this is for a
 * driver of your own.
 *
 * @example
 * const orders = documentStore<Order>(myDriver, { schema: orderSchema });
 */
export function documentStore<T>(
  driver: DocumentDriver,
  options: DocumentStoreOptions<T> = {},
): DocumentStore<T> {
  return new DriverDocumentStore(driver, options);
}

/** A version that a write is made from. */
interface Version {
  readonly key: string;
  readonly etag: string;
  readonly facts: Facts;
}

const findOut =
  'Read it and look; update() recognises its own write, where the store keeps the ids of writes.';

class DriverDocumentStore<T> implements DocumentStore<T> {
  readonly name: string;
  readonly #driver: DocumentDriver;
  readonly #schema: StandardSchemaV1<unknown, T> | undefined;
  readonly #codec: Codec;
  /** Spares whoever hands over the document itself the read that its ETag alone would cost. */
  readonly #versions = new WeakMap<StoredDocument<unknown>, Version>();
  #closing: Promise<void> | undefined;

  constructor(driver: DocumentDriver, options: DocumentStoreOptions<T>) {
    this.name = driver.name;
    this.#driver = driver;
    this.#schema = options.schema;
    this.#codec = options.codec ?? jsonCodec;
  }

  async read(key: string, options: CallOptions = {}): Promise<StoredDocument<T> | undefined> {
    const record = await this.#read(key, options);
    if (record?.body === undefined) return undefined;
    const value = await this.#decode(key, record.body);
    const { facts, etag } = this.#versionOf(key, record);
    const writes = this.#driver.keepsFacts ? recentWrites(facts) : undefined;
    const document = Object.freeze({ value, etag, writes });
    this.#versions.set(document, { key, etag, facts });
    return document;
  }

  async create(key: string, value: T, options: WriteOptions = {}): Promise<string> {
    this.#check(key, options);
    const body = await this.#encode(key, value);
    let tombstone: VersionedRecord | undefined;
    let hasVanished = false;
    for (;;) {
      const before = tombstone && this.#versionOf(key, tombstone);
      const fence = this.#admit(key, before?.facts, options.fence);
      const facts = afterWrite(noFacts, options.writeId ?? newWriteId(), fence);
      const condition = before ? { ifMatch: before.etag } : ({ ifNoneMatch: '*' } as const);
      const etag = await this.#write(key, { body, facts }, condition, options);
      if (etag !== undefined) return etag;
      tombstone = await this.#read(key, options);
      // What has gone meanwhile is worth another try; what goes every time is only hidden from us.
      const isHidden = tombstone === undefined && hasVanished;
      if (isHidden || tombstone?.body !== undefined) throw new DocumentExistsError(this.name, key);
      hasVanished = tombstone === undefined;
    }
  }

  async replace(
    key: string,
    value: T,
    version: string | StoredDocument<T>,
    options: WriteOptions = {},
  ): Promise<string> {
    this.#check(key, options);
    const body = await this.#encode(key, value);
    const before = await this.#find(key, version, options);
    const fence = this.#admit(key, before.facts, options.fence);
    const facts = afterWrite(before.facts, options.writeId ?? newWriteId(), fence);
    const etag = await this.#write(key, { body, facts }, { ifMatch: before.etag }, options);
    if (etag === undefined) throw new EtagMismatchError(this.name, key, before.etag);
    return etag;
  }

  async remove(
    key: string,
    version: string | StoredDocument<T>,
    options: WriteOptions = {},
  ): Promise<void> {
    this.#check(key, options);
    const before = await this.#find(key, version, options);
    const fence = this.#admit(key, before.facts, options.fence);
    const { etag } = before;
    const removed =
      fence === undefined
        ? await this.#send(key, options, (driver) => driver.remove(key, etag, options))
        : await this.#write(key, { facts: afterRemoval(fence) }, { ifMatch: etag }, options);
    if (removed === false || removed === undefined) {
      throw new EtagMismatchError(this.name, key, etag);
    }
  }

  async *list(prefix: string, options: CallOptions = {}): AsyncGenerator<DocumentEntry> {
    this.#assertOpen(options);
    assertPrefix(this.name, prefix);
    const records = this.#driver.list(prefix, options)[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const next = await untilAborted(options.signal, records.next());
        ended = next.done === true;
        if (next.done) return;
        const { key, etag, isTombstone } = next.value;
        if (!isTombstone) yield { key, etag };
      }
    } finally {
      // Not awaited: an aborted caller does not wait for a request that is under way.
      if (!ended) records.return?.().catch(() => {});
    }
  }

  async roundTrip(key: string, value: T): Promise<T> {
    return this.#decode(key, await this.#encode(key, value));
  }

  close(): Promise<void> {
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(key: string, options: CallOptions): Promise<VersionedRecord | undefined> {
    this.#assertOpen(options);
    assertKey(this.name, key);
    return await untilAborted(options.signal, this.#driver.read(key, options));
  }

  /** The version that a caller means: what he has read, or what has this ETag now. */
  async #find(
    key: string,
    version: string | StoredDocument<T>,
    options: CallOptions,
  ): Promise<Version> {
    const known = typeof version === 'string' ? undefined : this.#versions.get(version);
    if (known?.key === key) return known;
    const etag = etagOf(version);
    if (!this.#driver.keepsFacts) return { key, etag, facts: noFacts };
    const record = await this.#read(key, options);
    if (record?.body === undefined || record.etag !== etag) {
      throw new EtagMismatchError(this.name, key, etag);
    }
    return this.#versionOf(key, record);
  }

  #versionOf(key: string, { etag, facts }: VersionedRecord): Version {
    try {
      return { key, etag, facts: parseFacts(facts) };
    } catch (cause) {
      const problem = `what is kept beside it is no facts of ours: ${messageOf(cause)}`;
      throw new DocumentInvalidError(this.name, key, 'reading', problem, { cause });
    }
  }

  /** The fence to keep with a write over these facts. */
  #admit(key: string, before: Facts | undefined, fence: Fence | undefined): Fence | undefined {
    const stored = before?.fence;
    if (stored === undefined || admits(stored, fence)) return fence;
    if (fence === undefined) throw new FenceRequiredError(this.name, key, stored);
    const given = { token: fence.token, owner: fence.owner };
    throw new FenceStaleError(this.name, key, stored, given);
  }

  async #write(
    key: string,
    { body, facts }: { readonly body?: string; readonly facts: Facts },
    condition: WriteCondition,
    options: WriteOptions,
  ): Promise<string | undefined> {
    const record: DocumentRecord = {
      body,
      facts: this.#driver.keepsFacts ? formatFacts(facts) : undefined,
    };
    return await this.#send(key, options, (driver) =>
      driver.write(key, record, condition, options),
    );
  }

  async #send<R>(
    key: string,
    options: WriteOptions,
    request: (driver: DocumentDriver) => Promise<R>,
  ): Promise<R> {
    options.signal?.throwIfAborted();
    options.fence?.assertHeld();
    try {
      return await untilAborted(options.signal, request(this.#driver));
    } catch (error) {
      if (!mayHaveBeenDone(error)) throw error;
      throw new OutcomeUnknownError(this.name, key, findOut, { cause: error });
    }
  }

  async #encode(key: string, value: T): Promise<string> {
    try {
      // At once where nothing has to be awaited: the caller may go on to change what he has handed over.
      const valid = this.#schema === undefined ? value : await validate(this.#schema, value);
      return this.#codec.encode(valid);
    } catch (cause) {
      throw new DocumentInvalidError(this.name, key, 'writing', messageOf(cause), { cause });
    }
  }

  async #decode(key: string, body: string): Promise<T> {
    try {
      return await validate(this.#schema, this.#codec.decode(body));
    } catch (cause) {
      throw new DocumentInvalidError(this.name, key, 'reading', messageOf(cause), { cause });
    }
  }

  #check(key: string, { signal, fence, writeId }: WriteOptions): void {
    this.#assertOpen({ signal });
    assertKey(this.name, key);
    if (writeId !== undefined) assertWriteId(writeId);
    if (fence === undefined) return;
    assertFence(this.name, key, fence);
    if (!this.#driver.keepsFacts) throw new FenceUnsupportedError(this.name, key);
  }

  #assertOpen({ signal }: CallOptions): void {
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw new ServiceClosedError(this.name);
  }
}

function etagOf(version: string | StoredDocument<unknown> | undefined): string {
  const etag = typeof version === 'string' ? version : version?.etag;
  if (typeof etag === 'string') return etag;
  throw new DocumentOptionError(
    'version',
    `is ${String(version)}. Pass the document as read() gave it, or its ETag.`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
