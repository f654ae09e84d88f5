/**
 * Stores of pools that are kept from one test to the next, each with a session of its own: Babelfish compiles the
 * procedures anew for every session, and takes longer for that than some tests wait.
 */
import type { PoolStore } from '@runafter/claim';
import { mssqlPools } from '@runafter/mssql';
import type { ConnectionPool, Request } from 'mssql';
import { openPool } from './database.ts';

export class PoolShelf {
  /** By where they are connected to. */
  readonly #pools = new Map<string, ConnectionPool[]>();
  readonly #taken = new Map<string, number>();
  /** One session after the other: side by side, each takes as long as all. */
  #compiled: Promise<unknown> = Promise.resolve();

  /**
   * One that nobody else has, until all are taken back.
   *
   * @param requestTimeout - in milliseconds. For who is cut off: a request that is never answered keeps the session
   *   until then.
   */
  async take(url: string, requestTimeout?: number): Promise<PoolStore> {
    const index = this.#taken.get(url) ?? 0;
    this.#taken.set(url, index + 1);
    const pools = this.#pools.get(url) ?? [];
    this.#pools.set(url, pools);
    const pool = pools[index] ?? (await openPool(url, { sessions: 1, requestTimeout }));
    pools[index] = pool;
    const compiled = this.#compiled.then(() => compile(pool));
    this.#compiled = compiled.catch(() => undefined);
    await compiled;
    return mssqlPools(pool);
  }

  takeBack(): void {
    this.#taken.clear();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].flat().map((pool) => pool.close()));
  }
}

/**
 * Has the session run each procedure once, on a pool that has nothing. It may take longer than whoever is cut off
 * would wait for an answer.
 */
async function compile(pool: ConnectionPool): Promise<void> {
  const patient: ConnectionPool = Object.create(pool, {
    request: { value: () => (pool as PatientPool).request({ requestTimeout: 60_000 }) },
  });
  const store = mssqlPools(patient);
  const nobody = { pool: 'none', owner: 'nobody' };
  await store.claim({ ...nobody, ttl: 10, place: undefined }, {});
  await store.renew(nobody, 10, {});
  await store.release({ ...nobody, forGood: false }, {});
}

/** What the client's types do not tell of it. */
interface PatientPool extends ConnectionPool {
  request(overrides?: { readonly requestTimeout: number }): Request;
}
