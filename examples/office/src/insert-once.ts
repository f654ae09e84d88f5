/**
 * Creating a row once for each idempotency key.
 *
 * Invariant: a key makes one row at most, for ever. A call that comes again gets the row, and one that
 * comes after the row was deleted makes no other. Read next: journal.ts.
 * @module
 */
import { type Call, Refusal } from './call.ts';
import type { Collection, Fields, Row } from './collection.ts';
import type { Store } from './store.ts';

/**
 * The row that a call makes, or has made when it came before.
 *
 * @throws {DuplicateKey} another row has one of these key values.
 * @throws {Refusal} 410: what the key has made is deleted; 422: the key came with another body.
 */
export function insertOnce(store: Store, rows: Collection, call: Call, fields: Fields): Row {
  const earlier = store.journal.earlier(call);
  const row = earlier === undefined ? rows.insert(fields) : rows.byId(earlier);
  if (row === undefined) {
    const message = `What the Idempotency-Key "${call.idempotencyKey}" has made was deleted.`;
    throw new Refusal(410, 'Gone', message);
  }
  store.journal.record(call, 'create', row.id, earlier === undefined);
  return row;
}
