/**
 * What is done to the entries of a pool: one statement each.
 *
 * An entry is a resource, or an owner that was released for good. Invariant: an owner stands in one entry of a
 * pool at most, which is a unique index. It is that index that gives one resource to two claims of one owner, and
 * none to an owner that is being released for good: it looks at what is committed, whatever a statement sees.
 *
 * Whether a resource is free is decided with its row as it is once its lock was had, and with the time of then.
 * Locks are taken in one order: the pool's row, then entries. Who has not locked the pool's row locks one entry.
 * Read next: migrations.ts for the tables; postgres-pools.ts, what is done when a statement decides nothing.
 * @module
 */
import { bounded, durable } from './transaction-settings.ts';

/** Owners that were released for good and are remembered: more than stores promise, since some end together. */
const rememberedRetired = 1_100;

/** For how long a release notifies after somebody has waited. Half of it is also the longest wait without a request. */
const wantedFor = `interval '1 day'`;

export type PoolStatements = Readonly<
  Record<
    | 'claim'
    | 'claimPatiently'
    | 'forgetExpired'
    | 'want'
    | 'renew'
    | 'release'
    | 'releaseForGood'
    | 'add'
    | 'addMissing'
    | 'withdraw'
    | 'inspect',
    string
  >
>;

/**
 * @param schema - quoted.
 * @returns statements whose numbers come as text: what `pg` makes of other types can be changed by its user.
 */
export function poolStatements(schema: string): PoolStatements {
  const entries = `${schema}.pool_entries`;
  const pools = `${schema}.pools`;
  const now = 'clock_timestamp()';
  const settings = `${bounded}, ${durable}`;
  // An interval cannot be infinite in all versions; a time can.
  const until = (ttl: string) => `
        CASE ${ttl}::float8 WHEN 'infinity' THEN 'infinity'
          ELSE ${now} + ${ttl}::float8 * interval '1 ms' END`;
  const expiresIn = (time: string) => `
        CASE ${time} WHEN 'infinity' THEN 'Infinity'
          ELSE (extract(epoch FROM ${time} - ${now}) * 1000)::text END`;
  const isFree = `entry.pool = $1 AND entry.id IS NOT NULL AND NOT entry.is_withdrawn
          AND (entry.owner IS NULL OR entry.expires_at <= ${now})`;

  // What is passed over is locked: it may be gone, or come back. Who finds nothing else has to wait for it.
  const claim = (whenLocked: 'SKIP LOCKED' | '') => `
      WITH ${settings}, known AS MATERIALIZED (
        SELECT id FROM ${entries} WHERE pool = $1 AND owner = $2
      ), free AS MATERIALIZED (
        SELECT entry.place FROM ${entries} AS entry, bounded, durable
        WHERE ${isFree} AND NOT EXISTS (SELECT FROM known)
        ORDER BY entry.place LIMIT 1 FOR UPDATE OF entry ${whenLocked}
      ), taken AS (
        UPDATE ${entries} AS entry SET
          owner = $2, token = entry.token + 1, claimed_at = ${now}, expires_at = ${until('$3')}
        FROM free WHERE entry.pool = $1 AND entry.place = free.place
        RETURNING entry.id, entry.value, entry.token
      ), kept AS (
        UPDATE ${entries} AS entry SET expires_at = ${until('$3')} FROM bounded, durable
        WHERE pool = $1 AND owner = $2 AND id IS NOT NULL AND expires_at > ${now}
        RETURNING entry.id, entry.value, entry.token
      ), given AS (
        SELECT * FROM taken UNION ALL SELECT * FROM kept
      )
      SELECT 'given' AS outcome, id, value, token::text, NULL AS free_in, NULL AS is_wanted FROM given
      UNION ALL
      SELECT
        CASE
          WHEN EXISTS (SELECT FROM known WHERE id IS NULL) THEN 'retired'
          WHEN EXISTS (SELECT FROM known) THEN 'undecided'
          WHEN EXISTS (SELECT FROM ${entries} AS entry WHERE ${isFree}) THEN 'passed over'
          ELSE 'busy'
        END,
        NULL, NULL, NULL,
        (SELECT ${expiresIn('min(expires_at)')} FROM ${entries}
          WHERE pool = $1 AND id IS NOT NULL AND NOT is_withdrawn AND owner IS NOT NULL),
        EXISTS (SELECT FROM ${pools} WHERE name = $1 AND wanted_until > ${now} + ${wantedFor} / 2)
      WHERE NOT EXISTS (SELECT FROM given)`;

  // A mark of the pool makes releases notify. Its lock tells which was first: a release that does not see the mark
  // was committed before it, so who has set it looks again, and sees the release.
  const poolRow = `pool AS MATERIALIZED (
        SELECT pool.name, pool.wanted_until FROM ${pools} AS pool, bounded, durable
        WHERE pool.name = $1 FOR SHARE OF pool
      )`;
  const freed = `freed AS (
        UPDATE ${entries} AS entry SET owner = NULL FROM pool
        WHERE entry.pool = pool.name AND entry.owner = $2 AND entry.id IS NOT NULL
        RETURNING entry.expires_at > ${now} AS was_held
      )`;
  // All who notify commit one after the other, under one lock of the whole server (PreCommit_Notify in
  // PostgreSQL's async.c): so only where somebody waits to be told.
  const told = (change: string, channel: string) => `told AS MATERIALIZED (
        SELECT pg_notify(${channel}, $1) FROM pool
        WHERE wanted_until > ${now} AND ${channel}::text IS NOT NULL AND EXISTS (SELECT FROM ${change})
      )`;
  const released = `
        EXISTS (SELECT FROM freed WHERE was_held) AS had, (SELECT count(*)::text FROM told) AS told`;

  // All additions to a pool and withdrawals come one after the other: each locks many entries, in an order of its own.
  const add = (known: 'again' | 'left') => `
      WITH ${settings}, pool AS (
        INSERT INTO ${pools} (name) SELECT $1 FROM bounded, durable
        ON CONFLICT (name) DO UPDATE SET name = excluded.name
        RETURNING wanted_until
      ), added AS (
        INSERT INTO ${entries} AS entry (pool, id, value)
        SELECT $1, given.id, given.value
        FROM pool, unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (id, value, number)
        ${
          known === 'again'
            ? `ORDER BY given.number
        ON CONFLICT (pool, id) DO UPDATE SET value = excluded.value, is_withdrawn = false
        WHERE entry.value <> excluded.value OR entry.is_withdrawn`
            : `WHERE NOT EXISTS (SELECT FROM ${entries} WHERE pool = $1 AND id = given.id)
        ORDER BY given.number
        ON CONFLICT (pool, id) DO NOTHING`
        }
        RETURNING 1
      ), ${told('added', '$4')}
      SELECT count(*)::text FROM told`;

  return {
    claim: claim('SKIP LOCKED'),
    claimPatiently: claim(''),
    forgetExpired: `
      WITH ${bounded}
      UPDATE ${entries} SET owner = NULL FROM bounded
      WHERE pool = $1 AND owner = $2 AND expires_at <= ${now}`,
    want: `
      WITH ${bounded}
      INSERT INTO ${pools} AS pool (name, wanted_until) SELECT $1, ${now} + ${wantedFor} FROM bounded
      ON CONFLICT (name) DO UPDATE SET wanted_until = excluded.wanted_until
      WHERE pool.wanted_until <= ${now} + ${wantedFor} / 2`,
    renew: `
      WITH ${settings}
      UPDATE ${entries} SET expires_at = ${until('$3')} FROM bounded, durable
      WHERE pool = $1 AND owner = $2 AND id IS NOT NULL AND expires_at > ${now}
      RETURNING 1`,
    release: `
      WITH ${settings}, ${poolRow}, ${freed}, ${told('freed', '$3')}
      SELECT ${released}`,
    // Retired is who is not in the entry of a resource: what that entry was until now does not count, for it
    // was changed before, in the same statement.
    releaseForGood: `
      WITH ${settings}, ${poolRow}, ${freed}, ${told('freed', '$3')}, retired AS (
        INSERT INTO ${entries} AS entry (pool, owner)
        SELECT $1, $2 FROM bounded, durable, (SELECT count(*) FROM freed) AS before
        ON CONFLICT (pool, owner) DO UPDATE SET owner = excluded.owner WHERE entry.id IS NULL
        RETURNING 1
      ), oldest AS MATERIALIZED (
        SELECT place FROM ${entries} WHERE pool = $1 AND id IS NULL
        ORDER BY place DESC OFFSET ${rememberedRetired} LIMIT 8
      ), forgotten AS (
        DELETE FROM ${entries} AS entry USING oldest
        WHERE entry.pool = $1 AND entry.place = oldest.place
      )
      SELECT ${released}, EXISTS (SELECT FROM retired) AS is_retired`,
    add: add('again'),
    addMissing: add('left'),
    withdraw: `
      WITH ${settings}, pool AS MATERIALIZED (
        SELECT pool.name FROM ${pools} AS pool, bounded, durable
        WHERE pool.name = $1 FOR NO KEY UPDATE OF pool
      )
      UPDATE ${entries} AS entry SET is_withdrawn = true FROM pool
      WHERE entry.pool = pool.name AND entry.id = ANY ($2::text[]) AND NOT entry.is_withdrawn`,
    inspect: `
      SELECT id, value, is_withdrawn, token::text,
        CASE WHEN expires_at > ${now} THEN owner END AS owner,
        (extract(epoch FROM claimed_at) * 1000)::text AS claimed_at,
        ${expiresIn('expires_at')} AS expires_in
      FROM ${entries}
      WHERE pool = $1 AND id IS NOT NULL
        AND (NOT is_withdrawn OR (owner IS NOT NULL AND expires_at > ${now}))
      ORDER BY place`,
  };
}
