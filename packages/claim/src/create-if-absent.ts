/**
 * createIfAbsent(): for records that are in the store themselves, with nothing to make elsewhere.
 * @module
 */

import { randomUUID } from 'node:crypto';
import { hasCode } from '@runafter/errors';
import type { CallOptions, DocumentStore } from '@runafter/optimistic';

/** What {@link createIfAbsent} hands over. */
export interface CreatedOrFound<T> {
  /** What is stored. */
  readonly value: T;
  readonly etag: string;
  /** Whether this call has created it. */
  readonly created: boolean;
}

/**
 * Creates a document in one atomic step, or hands over the one that is there: of several who create the same key
 * one wins, and the rest get the winner's.
 *
 * A lost reply does not make it a second one: it is looked for, and found by the id of the write where the backend
 * keeps such ids. Where it does not, such as on a REST resource, `created` is then false though it was this call.
 *
 * @param store - on any backend: If-None-Match on a blob, a unique key in SQL, SET NX on Redis.
 * @throws {DocumentExistsError} `DOCUMENT_EXISTS`: it is there, and cannot be read.
 * @throws all else that the store's `create` and `read` throw.
 * @example
 * const { value: customer, created } = await createIfAbsent(customers, mail, { mail, name });
 */
export async function createIfAbsent<T>(
  store: DocumentStore<T>,
  key: string,
  value: NoInfer<T>,
  options: CallOptions = {},
): Promise<CreatedOrFound<T>> {
  const writeId = randomUUID();
  const own = await store.roundTrip(key, value);
  for (let isFirst = true; ; isFirst = false) {
    let failure: unknown;
    try {
      const etag = await store.create(key, own, { ...options, writeId });
      return { value: own, etag, created: true };
    } catch (error) {
      failure = error;
    }
    const isThere = hasCode(failure, 'DOCUMENT_EXISTS');
    if (!isThere && !hasCode(failure, 'OUTCOME_UNKNOWN')) throw failure;
    const found = await store.read(key, options);
    if (found !== undefined) {
      return { value: found.value, etag: found.etag, created: found.writes?.first === writeId };
    }
    // What was removed in between is worth another try; what is hidden every time is not.
    if (!isThere || !isFirst) throw failure;
  }
}
