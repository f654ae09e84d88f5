/**
 * A database for the tests of this folder: one pool to look at it, and ways through a proxy.
 * @module
 */
import { migrate } from '@runafter/mssql';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import mssql from 'mssql';
import { afterAll, beforeAll } from 'vitest';
import { killSession } from './kill-session.ts';

export interface Database {
  /** Connected when the tests begin. */
  readonly pool: mssql.ConnectionPool;
  /** Runs a batch, and gives the rows of its first result. */
  run<Row = Record<string, unknown>>(batch: string): Promise<readonly Row[]>;
  /** Takes everything out of the tables. */
  empty(): Promise<void>;
  /** The pool of connection number `index`, kept for later tests: to connect takes this server long. */
  poolOf(index: number): Promise<mssql.ConnectionPool>;
  /** A pool whose way leads through a proxy, kept as well. */
  faulty(): Promise<FaultyPool>;
  /** A proxy for whoever connects himself, kept as well; without faults. */
  proxy(): Promise<FaultProxy>;
  /** Whether it is PostgreSQL that speaks T-SQL, which differs from SQL Server here and there. */
  isBabelfish(): Promise<boolean>;
  /** Ends the session of whoever holds a lock, as an operator does. */
  killHolderOf(lock: string): Promise<void>;
}

export interface FaultyPool {
  readonly pool: mssql.ConnectionPool;
  readonly proxy: FaultProxy;
}

/** Declares the hooks that migrate a database and close what was opened. */
export function useDatabase(url: string): Database {
  const pool = new mssql.ConnectionPool(url);
  const pools: Promise<mssql.ConnectionPool>[] = [];
  let faulty: Promise<FaultyPool> | undefined;
  let proxy: Promise<FaultProxy> | undefined;
  beforeAll(async () => {
    await pool.connect();
    await migrate(pool);
  });
  afterAll(async () => {
    await Promise.all([pool, ...(await Promise.all(pools))].map((each) => each.close()));
    const { pool: faultyPool, proxy: itsProxy } = (await faulty) ?? {};
    await faultyPool?.close();
    await itsProxy?.close();
    await (await proxy)?.close();
  });
  const run = async <Row>(batch: string) => (await pool.query<Row>(batch)).recordset ?? [];
  const isBabelfish = async () => {
    const [server] = await run<{ version: string }>('SELECT @@VERSION AS version');
    return server?.version.includes('Babelfish') === true;
  };
  return {
    pool,
    run,
    isBabelfish,
    async empty() {
      const tables = [
        ...['documents', 'counters', 'counter_operations', 'locks'],
        ...['pool_resources', 'pool_retired'],
      ];
      await run(tables.map((table) => `DELETE FROM runafter.${table};`).join('\n'));
    },
    poolOf(index) {
      const kept = pools[index] ?? openPool(url);
      pools[index] = kept;
      return kept;
    },
    faulty() {
      faulty ??= openFaultyPool(url);
      return faulty;
    },
    async proxy() {
      proxy ??= faultProxy({ url });
      const kept = await proxy;
      kept.heal();
      return kept;
    },
    async killHolderOf(lock) {
      const [holder] = await run<{ session: number }>(
        `SELECT session FROM runafter.locks WHERE name = N'${lock}' AND owner IS NOT NULL`,
      );
      if (holder === undefined) throw new Error(`Nobody holds ${lock}.`);
      await killSession(pool, url, holder.session);
    },
  };
}

/** A few sessions each: on Babelfish every session compiles every procedure anew, which takes it most of a second. */
export function openPool(
  url: string,
  { sessions = 4, requestTimeout = 60_000 } = {},
): Promise<mssql.ConnectionPool> {
  const config = mssql.ConnectionPool.parseConnectionString(url);
  const pool = new mssql.ConnectionPool({
    ...config,
    pool: { max: sessions },
    requestTimeout,
    connectionTimeout: Math.min(requestTimeout, 15_000),
    validateConnection: 'socket',
  });
  return pool.connect();
}

async function openFaultyPool(url: string): Promise<FaultyPool> {
  const proxy = await faultProxy({ url });
  return { proxy, pool: await openPool(proxy.url) };
}

/** A request to a procedure of locks, and no part of how a client connects. */
export function isLockRequest(request: Buffer): boolean {
  return request.includes(Buffer.from('_lock @id', 'utf16le'));
}
