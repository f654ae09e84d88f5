/**
 * What is done to the row of a lock: one statement each.
 *
 * Invariant: whether a name is free is decided with the row as it is once its lock was had, and with the time
 * of then: ON CONFLICT DO UPDATE locks the row before it looks at WHERE, and `clock_timestamp()` is read anew,
 * however long that took. Waiters set their mark only in the row of a holder, so no release can miss it.
 * Read next: migrations.ts for the table.
 * @module
 */

export type LockStatements = Readonly<
  Record<'acquire' | 'want' | 'look' | 'renew' | 'release', string>
>;

/** @param schema - quoted. Numbers come as text, since parsers of one's own may have been set in `pg`. */
export function lockStatements(schema: string): LockStatements {
  const locks = `${schema}.locks`;
  const msFromNow = (parameter: string) =>
    `clock_timestamp() + ${parameter}::float8 * interval '1 ms'`;
  const heldByAnother = 'name = $1 AND owner <> $2 AND expires_at > clock_timestamp()';
  const holder = `owner, (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::text AS free_in`;
  return {
    // Who is new takes the mark of waiters away: they were told of the release, or knew the time, so they ask
    // by themselves, and set it again.
    acquire: `
      INSERT INTO ${locks} AS lock (name, owner, token, expires_at)
      VALUES ($1, $2, 1, ${msFromNow('$3')})
      ON CONFLICT (name) DO UPDATE SET
        owner = excluded.owner,
        token = CASE WHEN lock.owner = excluded.owner THEN lock.token ELSE lock.token + 1 END,
        expires_at = ${msFromNow('$3')},
        is_wanted = lock.is_wanted AND lock.owner IS NOT DISTINCT FROM excluded.owner
      WHERE lock.owner IS NULL OR lock.owner = excluded.owner OR lock.expires_at <= clock_timestamp()
      RETURNING token::text`,
    want: `
      UPDATE ${locks} SET is_wanted = true WHERE ${heldByAnother}
      RETURNING ${holder}`,
    look: `SELECT ${holder} FROM ${locks} WHERE ${heldByAnother}`,
    renew: `
      UPDATE ${locks} SET expires_at = ${msFromNow('$3')} WHERE name = $1 AND owner = $2
      RETURNING 1`,
    // Notifies only where somebody waits to be told: all who notify commit one after the other, under one lock
    // of the whole server (PreCommit_Notify in PostgreSQL's async.c).
    release: `
      WITH released AS (
        UPDATE ${locks} SET owner = NULL, expires_at = clock_timestamp()
        WHERE name = $1 AND owner = $2
        RETURNING is_wanted
      )
      SELECT pg_notify($3, $1) FROM released WHERE is_wanted`,
  };
}
