/** Whose connections are whose, and what is known when one breaks. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { postgresCounter, postgresDocumentStore, postgresLock } from '@runafter/postgres';
import pg from 'pg';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

const run = promisify(execFile);
const holdLock = fileURLToPath(new URL('programs/hold-lock.ts', import.meta.url));
const closeLocks = fileURLToPath(new URL('programs/close-locks.ts', import.meta.url));

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  async function sessionsOf(name: string): Promise<number[]> {
    const { rows } = await database.pool.query(
      'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
      [name],
    );
    return rows.map(({ pid }) => pid);
  }

  it('a pool that was made here is closed, also by a second close(), and leaves no session', async () => {
    const client = { connectionString: url, application_name: 'own-pool' };
    const counter = postgresCounter(client);
    await counter.add('orders', 1);
    expect(await sessionsOf('own-pool')).toHaveLength(1);
    await Promise.all([counter.close(), counter.close()]);
    await expect.poll(() => sessionsOf('own-pool')).toEqual([]);
    await expect(counter.add('orders', 1)).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });

  it('a pool that was handed over stays open', async () => {
    const store = postgresDocumentStore(database.pool);
    await store.create('kept-open', 1);
    await store.close();
    await expect(database.pool.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
  });

  it('a pool that was made here keeps no process alive, also while a lock is held', async () => {
    const node = ['--conditions=@runafter/source', holdLock];
    const { stdout } = await run(process.execPath, node, { timeout: 20_000 });
    expect(stdout).toBe('token 1\n');
  });

  it('a process that waits for a close() does not end before it', async () => {
    const node = ['--conditions=@runafter/source', closeLocks];
    for (let time = 0; time < 3; time++) {
      const { stdout } = await run(process.execPath, node, { timeout: 20_000 });
      expect(stdout).toBe('closed\n');
    }
  });

  it('a pool that was closed by its owner is no failure that passes', async () => {
    const pool = new pg.Pool({ connectionString: url });
    const lock = postgresLock(pool);
    await pool.end();
    const closed = { code: 'SERVICE_CLOSED' };
    await expect(lock.acquire('job', { wait: '1h' })).rejects.toMatchObject(closed);
    await expect(postgresCounter(pool).add('orders', 1)).rejects.toMatchObject(closed);
    await lock.close();
  });

  it('an addition whose session ends while it waits has an unknown outcome, and the next one works', async () => {
    const pool = new pg.Pool({ connectionString: url, application_name: 'cut-off', max: 1 });
    const counter = postgresCounter(pool);
    await counter.add('locked', 1);
    const holder = await database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM runafter.counters WHERE name = 'locked' FOR UPDATE`);
      const waiting = counter.add('locked', 1);
      const ended = expect(waiting).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        cause: { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' },
      });
      const waits = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'cut-off' AND NOT granted`;
      await expect.poll(async () => (await database.pool.query(waits)).rowCount).toBe(1);
      const [pid] = await sessionsOf('cut-off');
      await database.pool.query('SELECT pg_terminate_backend($1)', [pid]);
      await ended;
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect(await counter.addAndGet('locked', 1)).toBe(2n);
    await pool.end();
  });

  it('a statement that a limit of the server cancels was not done', async () => {
    const pool = new pg.Pool({ connectionString: url, lock_timeout: 50, max: 1 });
    const store = postgresDocumentStore<number>(pool);
    const etag = await store.create('held', 1);
    const holder = await database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM runafter.documents WHERE key = 'held' FOR UPDATE`);
      await expect(store.replace('held', 2, etag)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        outcome: 'not-done',
        cause: { code: '55P03' },
      });
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect((await store.read('held'))?.etag).toBe(etag);
    await pool.end();
  });

  it('a wrong database is refused, and not tried again', async () => {
    const wrong = new URL(url);
    wrong.pathname = '/nowhere_at_all';
    await using counter = postgresCounter(wrong.href);
    await expect(counter.add('orders', 1, { once: 'a' })).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });
});
