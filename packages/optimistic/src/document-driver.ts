/**
 * What a backend does for documents: it keeps a text with a line of facts beside it, and compares ETags.
 * All else (values, schemas, fences, tombstones, lost replies) is written once, in document-store.ts.
 *
 * Every driver promises:
 *
 * - `write` and `remove` are one atomic step: compared and done, or answered with "no" and unchanged.
 * - Two versions of a document never have the same ETag, also when it was removed between them.
 * - Errors are those of `@runafter/errors`: a ServiceUnavailableError says whether the request may have
 *   been carried out, and what the driver cannot tell apart is `unknown`. The client's own retries of
 *   writes are off where it has them, because a retry of a write that was done looks like a conflict.
 * - What follows an abort may go on in the background, but nothing of it becomes an unhandled rejection;
 *   the caller has gone on already.
 *
 * The suite that every driver runs is conformance/describe-document-store.ts.
 * @module
 */
import type { CallOptions } from './document-port.ts';

/** A document as a backend keeps it. */
export interface DocumentRecord {
  /** The value as text: any well-formed Unicode. Undefined for a tombstone, which is kept, too. */
  readonly body: string | undefined;
  /**
   * Facts beside the value: printable ASCII without line breaks, up to 4,000 characters. Undefined where
   * there are none, and always for a driver that does not keep them.
   */
  readonly facts: string | undefined;
}

/** A record and its version. */
export interface VersionedRecord extends DocumentRecord {
  readonly etag: string;
}

/** What must be there for a write: nothing at all (no tombstone either), or the version with this ETag. */
export type WriteCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string };

/** What is listed of a record. */
export interface RecordEntry {
  readonly key: string;
  readonly etag: string;
  readonly isTombstone: boolean;
}

/** See the module's header for what every driver promises. */
export interface DocumentDriver {
  /** What errors call it, such as `Blob container "orders"`. */
  readonly name: string;
  /**
   * It keeps facts and tombstones. Where it cannot, fences are refused, and of a write whose reply was
   * lost nobody can know the outcome.
   */
  readonly keepsFacts: boolean;
  /**
   * @param key - 1 to 400 characters of well-formed Unicode, compared exactly: case, trailing spaces and
   *   every other character count. A driver encodes what its backend cannot take.
   * @returns undefined when there is none; a tombstone is there.
   */
  read(key: string, options: CallOptions): Promise<VersionedRecord | undefined>;
  /** @returns the new ETag; undefined when the condition does not hold, and then nothing is changed. */
  write(
    key: string,
    record: DocumentRecord,
    condition: WriteCondition,
    options: CallOptions,
  ): Promise<string | undefined>;
  /**
   * Removes it for good.
   *
   * @returns false when there is no version with this ETag, and then nothing is changed.
   */
  remove(key: string, etag: string, options: CallOptions): Promise<boolean>;
  /**
   * The records whose keys begin with `prefix` (which may be empty), in no certain order, each once. What
   * is written while it runs may be listed or not.
   */
  list(prefix: string, options: CallOptions): AsyncIterable<RecordEntry>;
  /** Closes what the driver has opened, and nothing that it was given. */
  close(): Promise<void>;
}
