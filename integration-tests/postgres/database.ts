/**
 * A database for the tests of this folder: one pool to look at it, and ways through a proxy.
 * @module
 */
import { migrate } from '@runafter/postgres';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';

/** The tables that are emptied between tests. */
const tables = [
  ...['documents', 'counters', 'counter_operations', 'locks', 'pools', 'pool_entries'],
  ...['runs', 'run_texts', 'run_outcomes', 'run_states', 'run_signals', 'run_signal_ids'],
  'deleted_runs',
];

export interface Database {
  readonly pool: pg.Pool;
  /** Takes everything out of the tables. */
  empty(): Promise<void>;
  /** A proxy in front of the server; closed with the database. */
  proxy(): Promise<FaultProxy>;
}

/** Declares the hooks that migrate a database and close what was opened. */
export function useDatabase(url: string): Database {
  const pool = openPool({ connectionString: url });
  const proxies: FaultProxy[] = [];
  beforeAll(() => migrate(pool));
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await pool.end();
  });
  return {
    pool,
    async empty() {
      await pool.query(`TRUNCATE ${tables.map((table) => `runafter.${table}`).join(', ')}`);
    },
    async proxy() {
      const proxy = await faultProxy({ url });
      proxies.push(proxy);
      return proxy;
    },
  };
}

/** A pool whose sessions may be ended by the server at any time, as when their database is dropped. */
export function openPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('error', () => {});
  pool.on('connect', (session) => session.on('error', () => {}));
  return pool;
}
