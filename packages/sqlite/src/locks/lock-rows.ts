/**
 * Locks as rows: whoever's owner is in the row holds the name, until the time that is in the row.
 * @module
 */
import type { Busy, LeaseRequest } from '@runafter/lock';
import type { Connection } from '../connection.ts';
import { toStoredKey } from '../stored-key.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';

/** Who wants, or has, which row. */
export interface LockRow extends LeaseRequest {
  readonly prefix: string;
}

/** @returns undefined when the name is free for this owner. */
export function findHolder(connection: Connection, wanted: LockRow, now: number): Busy | undefined {
  const row = connection
    .statement(`
      SELECT owner, expires_at FROM lock
      WHERE prefix = ? AND name = ? AND owner <> ? AND expires_at > ?`)
    .get(...stored(wanted), now);
  if (row === undefined) return undefined;
  const heldBy = fromStoredText(String(row.owner));
  return { granted: false, heldBy, freeIn: Number(row.expires_at) - now };
}

/** Grants a name that is free, or is this owner's already; then with the same token. Tokens of a row only grow. */
export function grantLock(connection: Connection, wanted: LockRow, expiresAt: number): bigint {
  const statement = connection.statement(`
    INSERT INTO lock (prefix, name, owner, token, expires_at) VALUES (?1, ?2, ?3, 1, ?4)
    ON CONFLICT DO UPDATE SET owner = ?3, token = token + (owner IS NOT ?3), expires_at = ?4
    RETURNING token`);
  statement.setReadBigInts(true);
  const row = statement.get(...stored(wanted), expiresAt);
  return row?.token as bigint;
}

/** Whether the owner had it. */
export function renewLock(connection: Connection, held: LockRow, expiresAt: number): boolean {
  const { changes } = connection
    .statement(`
      UPDATE lock SET expires_at = ?4 WHERE prefix = ?1 AND name = ?2 AND owner = ?3`)
    .run(...stored(held), expiresAt);
  return changes > 0;
}

export function releaseLock(connection: Connection, held: LockRow): void {
  connection
    .statement('UPDATE lock SET owner = NULL WHERE prefix = ? AND name = ? AND owner = ?')
    .run(...stored(held));
}

function stored({ prefix, name, owner }: LockRow): [string, Uint8Array, string] {
  return [toStoredText(prefix), toStoredKey(name), toStoredText(owner)];
}
