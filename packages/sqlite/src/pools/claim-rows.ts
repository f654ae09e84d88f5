/**
 * Who has which resource of a pool: whoever's owner is in its row, until the time that is in the row.
 *
 * A resource that is free has neither. What never expires has a time that is infinite. Times are milliseconds
 * since 1970.
 * @module
 */
import type { Claimed } from '@runafter/claim';
import type { Connection } from '../connection.ts';
import { fromStoredKey } from '../stored-key.ts';
import { fromStoredText } from '../stored-text.ts';
import { type Claimant, type PoolPlace, storedClaimant, storedPool } from './pool-row.ts';

/** Whether the owner has a resource. */
export function hasResource(connection: Connection, claimant: Claimant, now: number): boolean {
  const row = connection
    .statement(`
      SELECT 1 FROM pool_resource WHERE prefix = ? AND pool = ? AND owner = ? AND expires_at > ?`)
    .get(...storedClaimant(claimant), now);
  return row !== undefined;
}

/** The place of the first resource that can be handed out. */
export function findFree(connection: Connection, pool: PoolPlace, now: number): number | undefined {
  const row = connection
    .statement(`
      SELECT min(place) AS place FROM (
        SELECT min(place) AS place FROM pool_resource
        WHERE prefix = ?1 AND pool = ?2 AND expires_at <= ?3 AND NOT withdrawn
        UNION ALL
        SELECT place FROM (
          SELECT place FROM pool_resource
          WHERE prefix = ?1 AND pool = ?2 AND owner IS NULL AND NOT withdrawn ORDER BY place LIMIT 1
        )
      )`)
    .get(...storedPool(pool), now);
  return typeof row?.place === 'number' ? row.place : undefined;
}

/** In how many milliseconds the next one expires, for a pool that has none to hand out. */
export function findNextExpiry(
  connection: Connection,
  pool: PoolPlace,
  now: number,
): number | undefined {
  const row = connection
    .statement(`
      SELECT expires_at FROM pool_resource
      WHERE prefix = ? AND pool = ? AND expires_at > ? AND NOT withdrawn ORDER BY expires_at LIMIT 1`)
    .get(...storedPool(pool), now);
  const expiresAt = Number(row?.expires_at ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(expiresAt) ? expiresAt - now : undefined;
}

/** Gives a free one to an owner that has none. */
export function handOut(
  connection: Connection,
  claimant: Claimant,
  place: number,
  { now, until }: { readonly now: number; readonly until: number },
): Claimed {
  // What expired and is still in this owner's name is not the one that it gets now, or is that very one.
  takeBack(connection, claimant);
  const statement = connection.statement(`
    UPDATE pool_resource SET owner = ?, token = token + 1, claimed_at = ?, expires_at = ?
    WHERE place = ? RETURNING id, value, token`);
  const owner = storedClaimant(claimant)[2];
  return toClaimed(statement, [owner, Math.floor(now), until, place]) as Claimed;
}

/** Gives an owner another time, with what it has. */
export function keep(
  connection: Connection,
  claimant: Claimant,
  { now, until }: { readonly now: number; readonly until: number },
): Claimed | undefined {
  const statement = connection.statement(`
    UPDATE pool_resource SET expires_at = ?5
    WHERE prefix = ?1 AND pool = ?2 AND owner = ?3 AND expires_at > ?4 RETURNING id, value, token`);
  return toClaimed(statement, [...storedClaimant(claimant), now, until]);
}

/** Sets free what is in the name of an owner. */
export function takeBack(connection: Connection, claimant: Claimant): void {
  connection
    .statement(`
      UPDATE pool_resource SET owner = NULL, claimed_at = NULL, expires_at = NULL
      WHERE prefix = ? AND pool = ? AND owner = ?`)
    .run(...storedClaimant(claimant));
}

function toClaimed(
  statement: ReturnType<Connection['statement']>,
  values: readonly (string | number | Uint8Array)[],
): Claimed | undefined {
  statement.setReadBigInts(true);
  const row = statement.get(...values);
  if (row === undefined) return undefined;
  const { id, value, token } = row;
  return {
    granted: true,
    id: fromStoredKey(id),
    value: fromStoredText(String(value)),
    token: token as bigint,
  };
}
