/**
 * Which resources a pool has, in the order of their addition.
 * @module
 */
import type { ResourceState, StoredClaim, StoredResource } from '@runafter/claim';
import type { Connection } from '../connection.ts';
import { fromStoredKey, toStoredKey } from '../stored-key.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';
import { type PoolPlace, storedPool } from './pool-row.ts';

/** @param again - whether those that are known get these values and are handed out again, or are left alone. */
export function addResources(
  connection: Connection,
  pool: PoolPlace,
  resources: readonly StoredResource[],
  again: boolean,
): void {
  const statement = connection.statement(`
    INSERT INTO pool_resource (prefix, pool, id, value) VALUES (?, ?, ?, ?)
    ON CONFLICT DO ${again ? 'UPDATE SET value = excluded.value, withdrawn = 0' : 'NOTHING'}`);
  for (const { id, value } of resources) {
    statement.run(...storedPool(pool), toStoredKey(id), toStoredText(value));
  }
}

/** Whether a pool has had all of these. */
export function hasAll(
  connection: Connection,
  pool: PoolPlace,
  resources: readonly StoredResource[],
): boolean {
  const statement = connection.statement(
    'SELECT 1 FROM pool_resource WHERE prefix = ? AND pool = ? AND id = ?',
  );
  return resources.every(
    ({ id }) => statement.get(...storedPool(pool), toStoredKey(id)) !== undefined,
  );
}

export function withdrawResources(
  connection: Connection,
  pool: PoolPlace,
  ids: readonly string[],
): void {
  const statement = connection.statement(
    'UPDATE pool_resource SET withdrawn = 1 WHERE prefix = ? AND pool = ? AND id = ?',
  );
  for (const id of ids) statement.run(...storedPool(pool), toStoredKey(id));
}

/** Those that are handed out, or that somebody has. */
export function listResources(
  connection: Connection,
  pool: PoolPlace,
  now: number,
): ResourceState[] {
  const statement = connection.statement(`
    SELECT id, value, withdrawn, token, owner, claimed_at, expires_at FROM pool_resource
    WHERE prefix = ?1 AND pool = ?2 AND (NOT withdrawn OR expires_at > ?3) ORDER BY place`);
  statement.setReadBigInts(true);
  return statement.all(...storedPool(pool), now).map((row) => ({
    id: fromStoredKey(row.id),
    value: fromStoredText(String(row.value)),
    withdrawn: row.withdrawn !== 0n,
    claim: toClaim(row, now),
  }));
}

function toClaim(row: Record<string, unknown>, now: number): StoredClaim | undefined {
  const expiresIn = Number(row.expires_at ?? now) - now;
  if (expiresIn <= 0) return undefined;
  return {
    owner: fromStoredText(String(row.owner)),
    token: row.token as bigint,
    claimedAt: Number(row.claimed_at),
    expiresIn,
  };
}
