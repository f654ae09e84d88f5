/**
 * The operations that have counted already, so that none counts twice.
 * @module
 */
import type { Connection } from '../connection.ts';
import { toStoredKey } from '../stored-key.ts';

/** So many that have expired are deleted with each one that is kept. */
const deletedAtOnce = 20;

export function hasCounted(
  connection: Connection,
  counter: string,
  id: string,
  now: number,
): boolean {
  const row = connection
    .statement('SELECT 1 FROM counted_operation WHERE counter = ? AND id = ? AND expires_at > ?')
    .get(toStoredKey(counter), toStoredKey(id), now);
  return row !== undefined;
}

export function keepCounted(
  connection: Connection,
  counter: string,
  id: string,
  expiresAt: number,
): void {
  connection
    .statement(
      'INSERT OR REPLACE INTO counted_operation (counter, id, expires_at) VALUES (?, ?, ?)',
    )
    .run(toStoredKey(counter), toStoredKey(id), Math.ceil(expiresAt));
}

export function forgetExpired(connection: Connection, now: number): void {
  connection
    .statement(`
      DELETE FROM counted_operation WHERE (counter, id) IN (
        SELECT counter, id FROM counted_operation WHERE expires_at <= ?
        ORDER BY expires_at LIMIT ${deletedAtOnce})`)
    .run(now);
}
