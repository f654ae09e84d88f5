/**
 * Owners that were released for good: they are given nothing any more.
 * @module
 */
import type { Connection } from '../connection.ts';
import { type Claimant, storedClaimant, storedPool } from './pool-row.ts';

/** So many of a pool are remembered. */
const remembered = 1_000;

export function isRetired(connection: Connection, claimant: Claimant): boolean {
  const row = connection
    .statement('SELECT 1 FROM pool_retired_owner WHERE prefix = ? AND pool = ? AND owner = ?')
    .get(...storedClaimant(claimant));
  return row !== undefined;
}

/** Forgets the oldest ones. */
export function retire(connection: Connection, claimant: Claimant): void {
  connection
    .statement(`
      INSERT INTO pool_retired_owner (prefix, pool, owner) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
    .run(...storedClaimant(claimant));
  connection
    .statement(`
      DELETE FROM pool_retired_owner WHERE number IN (
        SELECT number FROM pool_retired_owner WHERE prefix = ? AND pool = ?
        ORDER BY number DESC LIMIT -1 OFFSET ${remembered})`)
    .run(...storedPool(claimant));
}
