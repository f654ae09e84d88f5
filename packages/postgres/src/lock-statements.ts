/**
 * What is done to the row of a lock: one statement each.
 *
 * Invariant: whether a name is free is decided with the row as it is once its lock was had, and with the time
 * of then: ON CONFLICT DO UPDATE locks the row before it looks at WHERE, and `clock_timestamp()` is read anew,
 * however long that took. Waiters set their mark only in the row of a holder, so no release can miss it.
 * Read next: migrations.ts for the table.
 * @module
 */
import { bounded, durable } from './transaction-settings.ts';

export type LockStatements = Readonly<
  Record<'acquire' | 'want' | 'look' | 'renew' | 'release' | 'releaseUntold', string>
>;

/**
 * @param schema - quoted.
 * @returns statements whose numbers come as text: what `pg` makes of other types can be changed by its user.
 */
export function lockStatements(schema: string): LockStatements {
  const locks = `${schema}.locks`;
  const msFromNow = (parameter: string) =>
    `clock_timestamp() + ${parameter}::float8 * interval '1 ms'`;
  const heldByAnother =
    'lock.name = $1 AND lock.owner <> $2 AND lock.expires_at > clock_timestamp()';
  const holder = `lock.owner, (extract(epoch FROM lock.expires_at - clock_timestamp()) * 1000)::text AS free_in`;
  const release = `
        UPDATE ${locks} SET owner = NULL, expires_at = clock_timestamp() FROM bounded
        WHERE name = $1 AND owner = $2
        RETURNING is_wanted`;
  return {
    // A new holder begins without the mark: those who waited for the last one were told of its release, or know
    // when its time was over, so they ask again, and that sets it.
    acquire: `
      WITH ${bounded}, ${durable}
      INSERT INTO ${locks} AS lock (name, owner, token, expires_at)
      SELECT $1, $2, 1, ${msFromNow('$3')} FROM bounded, durable
      ON CONFLICT (name) DO UPDATE SET
        owner = excluded.owner,
        token = CASE WHEN lock.owner = excluded.owner THEN lock.token ELSE lock.token + 1 END,
        expires_at = ${msFromNow('$3')},
        is_wanted = lock.is_wanted AND lock.owner IS NOT DISTINCT FROM excluded.owner
      WHERE lock.owner IS NULL OR lock.owner = excluded.owner OR lock.expires_at <= clock_timestamp()
      RETURNING token::text`,
    // Writes only where the mark is missing: else each poll would. Where it is there, the release that notifies
    // is still to come.
    want: `
      WITH ${bounded}, held AS MATERIALIZED (
        SELECT name, is_wanted, ${holder} FROM ${locks} AS lock WHERE ${heldByAnother}
      ), marked AS (
        UPDATE ${locks} AS lock SET is_wanted = true FROM bounded, held
        WHERE lock.name = held.name AND NOT held.is_wanted AND ${heldByAnother}
        RETURNING ${holder}
      )
      SELECT owner, free_in FROM marked UNION ALL SELECT owner, free_in FROM held WHERE is_wanted`,
    look: `SELECT ${holder} FROM ${locks} AS lock WHERE ${heldByAnother}`,
    renew: `
      WITH ${bounded}, ${durable}
      UPDATE ${locks} SET expires_at = ${msFromNow('$3')} FROM bounded, durable
      WHERE name = $1 AND owner = $2
      RETURNING 1`,
    // Notifies only where somebody waits to be told: all who notify commit one after the other, under one lock
    // of the whole server (PreCommit_Notify in PostgreSQL's async.c).
    release: `
      WITH ${bounded}, released AS (${release})
      SELECT pg_notify($3, $1) FROM released WHERE is_wanted`,
    releaseUntold: `WITH ${bounded} ${release}`,
  };
}
