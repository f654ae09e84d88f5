/** A row that somebody else has locked, as an operator does in an open transaction, keeps nobody for long. */
import { type PostgresClient, postgresLock } from '@runafter/postgres';
import type pg from 'pg';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';

const changes = 'UPDATE runafter.locks SET owner = NULL';
const locks = 'SELECT FROM runafter.locks FOR UPDATE';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  function open(client: PostgresClient = url) {
    const lock = postgresLock(client);
    onTestFinished(() => lock.close());
    return lock;
  }

  function openNamedPool(name: string, max: number): pg.Pool {
    const pool = openPool({ connectionString: url, application_name: name, max });
    onTestFinished(() => pool.end());
    return pool;
  }

  /** Ends with the session, or with what the test says. */
  async function beginTransaction(change: string): Promise<pg.PoolClient> {
    const operator = await database.pool.connect();
    onTestFinished(() => operator.release(true));
    await operator.query('BEGIN');
    await operator.query(change);
    return operator;
  }

  /** Rows that are free, and whose change by an operator is not committed. */
  async function lockRows(names: readonly string[], by = changes): Promise<pg.PoolClient> {
    const lock = open();
    for (const name of names) await (await lock.acquire(name)).release();
    return beginTransaction(by);
  }

  async function sessionsOf(name: string, state = ''): Promise<number> {
    const { rows } = await database.pool.query(
      `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = $1 ${state}`,
      [name],
    );
    return rows[0].count;
  }

  it.each([changes, locks])(
    'nobody has a name after having given up, when somebody: %s',
    async (by) => {
      const operator = await lockRows(['job'], by);
      const pool = openNamedPool('given-up', 5);
      const callers = Array.from({ length: 5 }, () => open(pool));
      // One after the other: in the server, each may wait behind the one before, and then for the operator.
      for (const lock of callers) {
        await expect(lock.acquire('job', { wait: 100, ttl: '10m' })).rejects.toMatchObject({
          code: 'LOCK_TIMEOUT',
        });
      }
      await Promise.all(callers.map((lock) => lock.close()));
      expect(await sessionsOf('given-up', `AND state = 'active'`)).toBe(0);
      await operator.query('COMMIT');
      expect(await open().tryAcquire('job')).toMatchObject({ token: 2n });
    },
  );

  it('those who ask again and again take no more sessions than their pool has', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await lockRows(names);
    const pool = openNamedPool('again', names.length);
    for (let round = 1; round <= 3; round++) {
      const lock = open(pool);
      const asking = names.map((name) => lock.acquire(name, { wait: 50 }));
      for (const asked of await Promise.allSettled(asking)) {
        expect(asked).toMatchObject({ status: 'rejected', reason: { code: 'LOCK_TIMEOUT' } });
      }
      await lock.close();
      expect(await sessionsOf('again')).toBeLessThanOrEqual(names.length);
    }
    expect((await pool.query('SHOW lock_timeout')).rows).toEqual([{ lock_timeout: '0' }]);
  });

  it('who tries is told that nothing was done', async () => {
    await lockRows(['job']);
    await expect(open().tryAcquire('job')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      cause: { code: '55P03' },
    });
  });

  it('who waits has the name as soon as the row is free', async () => {
    const operator = await lockRows(['job']);
    const pool = openNamedPool('patient', 1);
    const waiting = open(pool).acquire('job', { wait: '30s' });
    await expect.poll(() => sessionsOf('patient', `AND wait_event_type = 'Lock'`)).toBe(1);
    await operator.query('COMMIT');
    await using lease = await waiting;
    expect(lease.token).toBe(2n);
  });

  it('a release is sent again, and frees the name', async () => {
    const lease = await open(openNamedPool('releasing', 1)).acquire('job', { ttl: '10m' });
    const operator = await beginTransaction(locks);
    const releasing = lease.release();
    for (const waits of [1, 0]) {
      const waiting = () => sessionsOf('releasing', `AND wait_event_type = 'Lock'`);
      await expect.poll(waiting, { interval: 2, timeout: 10_000 }).toBe(waits);
    }
    await operator.query('COMMIT');
    await releasing;
    expect(await open().tryAcquire('job')).toMatchObject({ token: 2n });
  });
});
