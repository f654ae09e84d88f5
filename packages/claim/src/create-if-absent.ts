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
 * @throws all that the store's `create` and `read` throw but `DOCUMENT_EXISTS`.
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
  for (;;) {
    const failure = await store.create(key, value, { ...options, writeId }).then(
      () => undefined,
      (error: unknown) => error ?? new Error('a store rejected with nothing'),
    );
    const isKnown = failure === undefined || hasCode(failure, 'DOCUMENT_EXISTS');
    if (!isKnown && !hasCode(failure, 'OUTCOME_UNKNOWN')) throw failure;
    const found = await store.read(key, options);
    if (found !== undefined) {
      const created =
        found.writes === undefined ? failure === undefined : found.writes.first === writeId;
      return { value: found.value, etag: found.etag, created };
    }
    // Removed in between; or never written, which only a known failure tells.
    if (!isKnown) throw failure;
  }
}
