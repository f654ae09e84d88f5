/**
 * What this process knows of the metadata of locks' blobs, so that it need not be read again.
 *
 * Invariant: what is remembered is true of the ETag that it was read or written with, and every change of a
 * blob gives it another one; taking a lease does not.
 * @module
 */
import type { LockRecord } from './lock-record.ts';

/** Locks that are remembered at most: those used last. */
const capacity = 10_000;

interface Remembered {
  readonly etag: string;
  readonly record: LockRecord;
}

export class LockRecordMemory {
  readonly #capacity: number;
  /** By the name of the blob; those used last come last. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(limit: number = capacity) {
    this.#capacity = limit;
  }

  /** What a blob keeps that has this ETag, if it is known. */
  recall(blobName: string, etag: string): LockRecord | undefined {
    const found = this.#remembered.get(blobName);
    return found?.etag === etag ? found.record : undefined;
  }

  /** The token that a blob had last, as far as this process knows. */
  lastToken(blobName: string): bigint | undefined {
    return this.#remembered.get(blobName)?.record.token;
  }

  remember(blobName: string, etag: string, record: LockRecord): void {
    this.#remembered.delete(blobName);
    this.#remembered.set(blobName, { etag, record });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > this.#capacity && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}
