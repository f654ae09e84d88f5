/**
 * PostgreSQL: a row that is inserted, or taken over when its time is over, and deleted by its owner; through a
 * pool of the same size. What these lack: a token (the row is deleted, so nothing counts), and any way to wait.
 *
 * To wait, people use session advisory locks: the server wakes the waiter, which occupies a connection
 * meanwhile, and there is neither a time to live nor a token.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { placeIn } from '../../harness/bench-places.ts';
import { contenderOf, notGranted } from '../contender.ts';
import type { Backend, Peer } from './backend.ts';

const table = `
CREATE TABLE IF NOT EXISTS raw_locks (
  name text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);`;

const acquire = `
INSERT INTO raw_locks VALUES ($1, $2, clock_timestamp() + interval '30 seconds')
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE raw_locks.expires_at < clock_timestamp()`;

const release = 'DELETE FROM raw_locks WHERE name = $1 AND owner = $2';

async function openPool(cleanup: AsyncDisposableStack) {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: placeIn('postgres').url });
  cleanup.defer(() => pool.end());
  return pool;
}

const rawCalls: Peer = {
  title: 'INSERT, DELETE',
  async open(name, cleanup) {
    const pool = await openPool(cleanup);
    await pool.query(table);
    return async () => {
      const owner = randomUUID();
      const { rowCount } = await pool.query(acquire, [name, owner]);
      if (rowCount !== 1) throw notGranted();
      return () => pool.query(release, [name, owner]);
    };
  },
};

const advisoryLocks: Peer = {
  title: 'pg_advisory_lock',
  async open(name, cleanup) {
    const session = await (await openPool(cleanup)).connect();
    cleanup.defer(() => session.release());
    return async () => {
      await session.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
      return () => session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    };
  },
};

export const postgres: Backend = {
  title: 'PostgreSQL lock',
  needs: 'postgres',
  ours: contenderOf(async (cleanup) => {
    const { migrate, postgresLock } = await import('@runafter/postgres');
    await migrate(placeIn('postgres').url);
    return postgresLock(await openPool(cleanup));
  }),
  uncontended: { peer: rawCalls, each: 20 },
  handOver: { peer: advisoryLocks, held: { min: 5, max: 15 }, each: 40 },
};
