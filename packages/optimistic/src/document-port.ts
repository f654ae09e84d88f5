/**
 * The DocumentStore port: values by key, each with an ETag that every write changes, so that nobody
 * overwrites what he has not read.
 *
 * Every store promises:
 *
 * - `create`, `replace` and `remove` take effect as one atomic step or not at all: of several that were
 *   given the same ETag, at most one is written.
 * - Two versions of a document never have the same ETag, also when it was removed between them.
 * - A fence is compared and kept in the same atomic step as the write (see fence.ts).
 * - `OUTCOME_UNKNOWN` is the one rejection after which a write may have been done. An abort is another:
 *   whoever aborts a write does not wait for its outcome.
 *
 * Read next: update.ts, which is how a store is meant to be used; document-driver.ts, what a backend does.
 * @module
 */
import type { Fence } from './fence.ts';

/** Options of every call. */
export interface CallOptions {
  /** Aborting it ends the call at once with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of every write. */
export interface WriteOptions extends CallOptions {
  /**
   * Refuses the write when whoever holds a newer fence has written. A document that was written with a
   * fence takes only fenced writes from then on. Its `assertHeld()` is called before each request.
   */
  readonly fence?: Fence | undefined;
  /**
   * What this write is known by afterwards: see {@link RecentWrites}. 1 to 64 letters, digits, `-` or
   * `_`. Default: a random one.
   */
  readonly writeId?: string | undefined;
}

/**
 * The last writes of a document. They are kept beside the value, so that a write whose reply was lost can
 * be recognised although others have written since.
 */
export interface RecentWrites {
  /** The id of the write that created it: another one means that it was removed and created again. */
  readonly first: string | undefined;
  /** The id of the write that made this version. */
  readonly latest: string | undefined;
  /** How many writes there have been since it was created. */
  readonly count: number;
  /** How many of the last ones are kept at most: 32, whatever their age. */
  readonly kept: number;
  /** Whether a write of this id is the first, or among the last ones that are kept. */
  includes(writeId: string): boolean;
}

/** A document as it was read. */
export interface StoredDocument<T> {
  readonly value: T;
  readonly etag: string;
  /** Undefined where the backend cannot keep them beside the value, such as a REST resource. */
  readonly writes: RecentWrites | undefined;
}

/** What is listed of a document. */
export interface DocumentEntry {
  readonly key: string;
  readonly etag: string;
}

/**
 * See the module's header for what every store promises.
 *
 * All calls may also reject with the faults of the service (`SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`,
 * `SERVICE_CLOSED`), after which nothing was written, and with {@link DocumentKeyError}
 * `DOCUMENT_KEY_INVALID`: a key is 1 to 400 characters of well-formed Unicode, and every character counts.
 */
export interface DocumentStore<T> extends AsyncDisposable {
  /** What errors call it, such as `Blob container "orders"`. */
  readonly name: string;
  /**
   * @returns undefined when there is no such document.
   * @throws {DocumentInvalidError} `DOCUMENT_INVALID`: what is stored cannot be decoded, or is not what
   *   the schema asks for.
   */
  read(key: string, options?: CallOptions): Promise<StoredDocument<T> | undefined>;
  /**
   * Writes a document that must not be there yet.
   *
   * @returns its ETag.
   * @throws {DocumentExistsError} `DOCUMENT_EXISTS`
   * @throws {DocumentInvalidError} `DOCUMENT_INVALID`: the value is not what the schema asks for, or
   *   would not come back as it is.
   * @throws {FenceError} `FENCE_STALE`, `FENCE_REQUIRED`, `FENCE_UNSUPPORTED`, `FENCE_INVALID`
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`
   */
  create(key: string, value: T, options?: WriteOptions): Promise<string>;
  /**
   * Writes a document that must still be as it was read.
   *
   * @param version - what `read` gave, which is cheapest; or its ETag, which costs another read.
   * @returns its new ETag.
   * @throws {EtagMismatchError} `ETAG_MISMATCH`: it was written or removed since.
   * @throws {DocumentInvalidError} `DOCUMENT_INVALID`
   * @throws {FenceError} `FENCE_STALE`, `FENCE_REQUIRED`, `FENCE_UNSUPPORTED`, `FENCE_INVALID`
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`
   */
  replace(
    key: string,
    value: T,
    version: string | StoredDocument<T>,
    options?: WriteOptions,
  ): Promise<string>;
  /**
   * Removes a document that must still be as it was read. Of a fenced one a tombstone stays, so that an
   * older fence cannot create it again; nobody reads or lists it.
   *
   * @param version - what `read` gave, which is cheapest; or its ETag, which costs another read.
   * @throws {EtagMismatchError} `ETAG_MISMATCH`: it was written or removed since.
   * @throws {FenceError} `FENCE_STALE`, `FENCE_REQUIRED`, `FENCE_UNSUPPORTED`, `FENCE_INVALID`
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`
   */
  remove(key: string, version: string | StoredDocument<T>, options?: WriteOptions): Promise<void>;
  /**
   * The documents whose keys begin with `prefix`, in no certain order, each once. What is written while
   * it runs may be listed or not.
   *
   * @param prefix - '' for all.
   */
  list(prefix: string, options?: CallOptions): AsyncIterable<DocumentEntry>;
  /**
   * The value as it would be read after it was written: validated, encoded, decoded. It shares nothing
   * with the value that it was made from.
   *
   * @param key - of the document that it is meant for; errors name it.
   * @throws {DocumentInvalidError} `DOCUMENT_INVALID`
   */
  roundTrip(key: string, value: T): Promise<T>;
  /** Closes what the store has opened itself, and nothing that it was given. May be called again. */
  close(): Promise<void>;
}
