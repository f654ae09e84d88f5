/**
 * Locks as rows: whoever's owner is in the row holds the name, until the time that is in the row.
 * @module
 */
import type { Busy, LeaseRequest } from '@runafter/lock';
import type { Connection } from '../connection.ts';
import { toStoredKey } from '../stored-key.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';

/** @returns undefined when the name is free for this owner. */
export function findHolder(
  connection: Connection,
  { name, owner }: LeaseRequest,
  now: number,
): Busy | undefined {
  const row = connection
    .statement(
      'SELECT owner, expires_at FROM lock WHERE name = ? AND owner <> ? AND expires_at > ?',
    )
    .get(toStoredKey(name), toStoredText(owner), now);
  if (row === undefined) return undefined;
  const heldBy = fromStoredText(String(row.owner));
  return { granted: false, heldBy, freeIn: Number(row.expires_at) - now };
}

/** Grants a name that is free, or is this owner's already; then with the same token. Tokens of a name only grow. */
export function grantLock(
  connection: Connection,
  { name, owner }: LeaseRequest,
  expiresAt: number,
): bigint {
  const statement = connection.statement(`
    INSERT INTO lock (name, owner, token, expires_at) VALUES (?1, ?2, 1, ?3)
    ON CONFLICT DO UPDATE SET owner = ?2, token = token + (owner IS NOT ?2), expires_at = ?3
    RETURNING token`);
  statement.setReadBigInts(true);
  const row = statement.get(toStoredKey(name), toStoredText(owner), expiresAt);
  return row?.token as bigint;
}

/** Whether the owner had it. */
export function renewLock(
  connection: Connection,
  { name, owner }: LeaseRequest,
  expiresAt: number,
): boolean {
  const { changes } = connection
    .statement('UPDATE lock SET expires_at = ? WHERE name = ? AND owner = ?')
    .run(expiresAt, toStoredKey(name), toStoredText(owner));
  return changes > 0;
}

export function releaseLock(connection: Connection, { name, owner }: LeaseRequest): void {
  connection
    .statement('UPDATE lock SET owner = NULL WHERE name = ? AND owner = ?')
    .run(toStoredKey(name), toStoredText(owner));
}
