/**
 * A store of documents that does one thing wrong, on request.
 * @module
 */
import { hasCode, ServiceUnavailableError } from '@runafter/errors';
import type {
  CallOptions,
  DocumentEntry,
  DocumentStore,
  StoredDocument,
  WriteOptions,
} from '@runafter/optimistic';
import type { DocumentFault } from './planted-faults.ts';

export class PlantedDocuments<T> implements DocumentStore<T> {
  readonly name = 'Planted documents';
  readonly #store: DocumentStore<T>;
  readonly #fault: DocumentFault | undefined;

  constructor(store: DocumentStore<T>, fault: DocumentFault | undefined) {
    this.#store = store;
    this.#fault = fault;
  }

  async read(key: string, options?: CallOptions): Promise<StoredDocument<T> | undefined> {
    const found = await this.#store.read(this.#key(key), this.#options(options));
    if (found === undefined) return undefined;
    if (this.#has('says that it created what it found')) return { ...found, writes: undefined };
    return this.#has('tells another ETag than it keeps') ? { ...found, etag: '"1"' } : found;
  }

  async create(key: string, value: T, options?: WriteOptions): Promise<string> {
    try {
      return await this.#store.create(this.#key(key), value, this.#options(options));
    } catch (error) {
      if (this.#has('takes a lost reply for a failure') && hasCode(error, 'OUTCOME_UNKNOWN')) {
        throw new ServiceUnavailableError(this.name, 'not-done', { cause: error });
      }
      if (!hasCode(error, 'DOCUMENT_EXISTS')) throw error;
      if (this.#has('says that it created what it found')) return '"1"';
      if (!this.#has('creates over what is there')) throw error;
      return await this.#replaceAnything(key, value);
    }
  }

  async replace(
    key: string,
    value: T,
    version: string | StoredDocument<T>,
    options?: WriteOptions,
  ): Promise<string> {
    if (this.#has('does not replace what it says to have replaced')) return '"1"';
    if (this.#has('replaces what has changed')) return await this.#replaceAnything(key, value);
    return await this.#store.replace(this.#key(key), value, version, this.#options(options));
  }

  remove(key: string, version: string | StoredDocument<T>, options?: WriteOptions): Promise<void> {
    return this.#store.remove(this.#key(key), version, this.#options(options));
  }

  list(prefix: string, options?: CallOptions): AsyncIterable<DocumentEntry> {
    return this.#store.list(prefix, options);
  }

  roundTrip(key: string, value: T): Promise<T> {
    return this.#store.roundTrip(this.#key(key), value);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #replaceAnything(key: string, value: T): Promise<string> {
    for (;;) {
      const found = await this.#store.read(this.#key(key));
      if (found === undefined) return await this.#store.create(this.#key(key), value);
      try {
        return await this.#store.replace(this.#key(key), value, found);
      } catch (error) {
        if (!hasCode(error, 'ETAG_MISMATCH')) throw error;
      }
    }
  }

  #has(fault: DocumentFault): boolean {
    return this.#fault === fault;
  }

  #key(key: string): string {
    return this.#has('cuts keys at 8 characters') ? key.slice(0, 8) : key;
  }

  #options<Options extends CallOptions>(options: Options | undefined): Options | undefined {
    if (options === undefined || !this.#has('does not heed its signal')) return options;
    return { ...options, signal: undefined };
  }
}
