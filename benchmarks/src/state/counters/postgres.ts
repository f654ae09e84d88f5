/**
 * PostgreSQL: UPDATE … RETURNING on a table of the same columns, through a pool of the same size.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { placeIn } from '../../harness/bench-places.ts';
import { inCounter, inCounterOnce, newId } from '../tallies.ts';
import { type OpenTallies, tallyOf } from '../tally.ts';
import type { Contest } from './contest.ts';

const tables = `
CREATE TABLE IF NOT EXISTS raw_counters (
  name text COLLATE "C" PRIMARY KEY,
  value bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS raw_operations (
  counter text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (counter, operation)
);
CREATE INDEX IF NOT EXISTS raw_operations_expiry ON raw_operations (expires_at);`;

const update = 'UPDATE raw_counters SET value = value + $2 WHERE name = $1 RETURNING value';
const insert = `
INSERT INTO raw_operations VALUES ($1, $2, now() + interval '1 day') ON CONFLICT DO NOTHING`;

async function openCounter() {
  const { migrate, postgresCounter } = await import('@runafter/postgres');
  const { url } = placeIn('postgres');
  await migrate(url);
  return postgresCounter(url);
}

function raw(add: (pool: Pool, name: string) => Promise<unknown>): OpenTallies {
  return async (clients, cleanup) => {
    const { default: pg } = await import('pg');
    const { url } = placeIn('postgres');
    const name = randomUUID();
    const pools = Array.from({ length: clients }, () => new pg.Pool({ connectionString: url }));
    cleanup.defer(async () => void (await Promise.all(pools.map((pool) => pool.end()))));
    await pools[0]?.query(tables);
    await pools[0]?.query('INSERT INTO raw_counters VALUES ($1, 0)', [name]);
    return pools.map((pool) =>
      tallyOf(
        () => add(pool, name),
        async () => {
          const read = 'SELECT value FROM raw_counters WHERE name = $1';
          const { rows } = await pool.query(read, [name]);
          return Number(rows[0].value);
        },
      ),
    );
  };
}

async function addOnce(pool: Pool, name: string): Promise<void> {
  const session = await pool.connect();
  try {
    await session.query('BEGIN');
    const { rowCount } = await session.query(insert, [name, newId()]);
    if (rowCount === 1) await session.query(update, [name, 1]);
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK');
    throw error;
  } finally {
    session.release();
  }
}

export const postgres: Contest = {
  backend: 'PostgreSQL',
  needs: 'postgres',
  target: 1.25,
  additions: 100,
  plain: {
    ours: inCounter(openCounter),
    peer: 'UPDATE … RETURNING',
    theirs: raw((pool, name) => pool.query(update, [name, 1])),
  },
  once: {
    ours: inCounterOnce(openCounter),
    peer: 'INSERT and UPDATE, transaction',
    theirs: raw(addOnce),
  },
};
