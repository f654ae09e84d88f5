/** Locks are rows: by whose time they expire, what an operator may do to them, and what a role needs. */
import { virtualClock } from '@runafter/clock';
import { type Lock, withLock } from '@runafter/lock';
import {
  migrate,
  type PostgresClient,
  type PostgresLockOptions,
  postgresLock,
} from '@runafter/postgres';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';
import { sumInTurns } from './sum-in-turns.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  function open(client: PostgresClient = url, options?: PostgresLockOptions): Lock {
    const lock = postgresLock(client, options);
    onTestFinished(() => lock.close());
    return lock;
  }

  async function rowOf(name: string) {
    const { rows } = await database.pool.query(
      `SELECT owner, token::text, expires_at <= clock_timestamp() AS is_over,
         extract(epoch FROM expires_at - clock_timestamp())::float8 AS seconds_left
       FROM runafter.locks WHERE name = $1`,
      [name],
    );
    return rows[0];
  }

  describe('the time', () => {
    it.each(['1996-02-29', '2126-02-28'])(
      'is the server’s: the clock of a holder says %s, and it keeps the name for its ttl',
      async (start) => {
        const clock = virtualClock({ start: new Date(start) });
        await open(url, { clock }).acquire('job', { ttl: 400 });
        const { seconds_left } = await rowOf('job');
        expect(seconds_left).toBeGreaterThan(0);
        expect(seconds_left).toBeLessThanOrEqual(0.4);
        const other = open();
        expect(await other.tryAcquire('job')).toBeUndefined();
        await using next = await other.acquire('job', { wait: '20s' });
        expect(next.token).toBe(2n);
      },
    );

    it('is that of the clock that asks, for who holds: a wrong one is no loss', async () => {
      const clock = virtualClock({ start: new Date('1996-02-29') });
      const lease = await open(url, { clock }).acquire('job', { ttl: '30s' });
      const firstEnd = lease.expiresAt;
      expect(firstEnd).toBeLessThan(Date.parse('1996-03-01'));
      lease.assertHeld();
      await clock.advance('11s');
      await expect.poll(() => lease.expiresAt).toBeGreaterThan(firstEnd);
      lease.assertHeld();
    });

    it('counts from when the row was free, for who had to wait for its lock', async () => {
      const [lock, other] = [open(), open()] as const;
      await (await other.acquire('connected')).release();
      const blocker = await database.pool.connect();
      await lock.acquire('job', { ttl: 150 });
      try {
        await blocker.query('BEGIN');
        await blocker.query(`SELECT FROM runafter.locks WHERE name = 'job' FOR UPDATE`);
        // The renewals of the holder wait as well, so it loses the name; whoever asks has asked before that.
        const asking = other.tryAcquire('job', { ttl: '10s' });
        await expect.poll(async () => (await rowOf('job')).is_over, { interval: 10 }).toBe(true);
        await blocker.query('COMMIT');
        expect((await asking)?.token).toBe(2n);
        expect((await rowOf('job')).seconds_left).toBeGreaterThan(9);
      } finally {
        blocker.release();
      }
    });
  });

  describe('an operator', () => {
    it('takes a name away by taking its owner out of the row', async () => {
      const lease = await open().acquire('job', { ttl: 300 });
      await database.pool.query(`UPDATE runafter.locks SET owner = NULL WHERE name = 'job'`);
      await expect.poll(() => lease.signal.aborted).toBe(true);
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      expect(await open().tryAcquire('job')).toMatchObject({ token: 2n });
    });

    it('keeps a name from everybody by writing into its row', async () => {
      await database.pool.query(`
        INSERT INTO runafter.locks (name, owner, token, expires_at)
        VALUES ('job', 'maintenance', 7, clock_timestamp() + interval '1 hour')`);
      await expect(open().acquire('job', { wait: 0 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        heldBy: 'maintenance',
      });
      await database.pool.query(`UPDATE runafter.locks SET expires_at = now() WHERE name = 'job'`);
      expect(await open().tryAcquire('job')).toMatchObject({ token: 8n });
    });

    it('makes the next token a large one, and it is exact', async () => {
      await database.pool.query(`
        INSERT INTO runafter.locks (name, token, expires_at) VALUES ('job', 2::numeric ^ 62, now())`);
      await using lease = await open().acquire('job');
      expect(lease.token).toBe(2n ** 62n + 1n);
    });
  });

  it('a request whose reply was lost is made again by the same owner, and has the same token', async () => {
    const proxy = await database.proxy();
    const lock = open(proxy.url);
    await (await lock.acquire('warm')).release();
    const lost = proxy.loseNextReply((request) => request.includes('INSERT INTO'));
    await using lease = await lock.acquire('job');
    expect(await lost).toBeDefined();
    expect(lease.token).toBe(1n);
    expect(await rowOf('job')).toMatchObject({ owner: lease.owner, token: '1' });
  });

  it('a row that was deleted is a loss for its holder, and begins its tokens again', async () => {
    const first = await open().acquire('job');
    await first.release();
    const lease = await open().acquire('job', { ttl: 600 });
    expect(lease.token).toBe(2n);
    await database.pool.query(`DELETE FROM runafter.locks WHERE name = 'job'`);
    await expect.poll(() => lease.signal.aborted, { timeout: 5_000 }).toBe(true);
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
    await using next = await open().acquire('job');
    expect(next.token).toBe(1n);
    await lease.release();
    expect(await rowOf('job')).toMatchObject({ owner: next.owner, token: '1' });
  });

  it('a late release frees nobody else', async () => {
    const lease = await open().acquire('job');
    await database.pool.query(`UPDATE runafter.locks SET expires_at = now() WHERE name = 'job'`);
    await using next = await open().acquire('job');
    await lease.release();
    expect(await rowOf('job')).toMatchObject({ owner: next.owner, token: '2' });
  });

  it('a grant and a renewal are on the disk of a server whose commits do not wait for it', async () => {
    const settings = { connectionString: url, options: '-c synchronous_commit=off' };
    const lock = open(settings);
    const written = async () => {
      const { rows } = await database.pool.query('SELECT pg_current_wal_insert_lsn() AS at');
      return rows[0].at;
    };
    const isOnDisk = async (at: string) => {
      const { rows } = await database.pool.query(
        'SELECT pg_current_wal_flush_lsn() > $1::pg_lsn AS is_on_disk',
        [at],
      );
      return rows[0].is_on_disk;
    };
    for (let n = 0; n < 10; n++) {
      const before = await written();
      await lock.acquire(`job-${n}`);
      expect(await isOnDisk(before)).toBe(true);
    }
    const pool = openPool(settings);
    onTestFinished(() => pool.end());
    const clock = virtualClock();
    const lease = await open(pool, { clock }).acquire('renewed', { ttl: '30s' });
    for (let n = 0; n < 10; n++) {
      const [before, end] = [await written(), lease.expiresAt];
      await clock.advance('10s');
      await expect.poll(() => lease.expiresAt, { interval: 1 }).toBeGreaterThan(end);
      expect(await isOnDisk(before)).toBe(true);
    }
  });

  it('a name leaves one row, of less than 300 bytes with its part of the index', async () => {
    await database.pool.query('VACUUM FULL runafter.locks');
    const lock = open();
    await (await lock.acquire('order-0', { ttl: '1m' })).release();
    await database.pool.query(`
      INSERT INTO runafter.locks (name, token, expires_at)
      SELECT 'order-' || n, 1, now() FROM generate_series(1, 10000) AS n`);
    const { rows } = await database.pool.query(
      `SELECT pg_total_relation_size('runafter.locks') / 10000 AS bytes`,
    );
    expect(Number(rows[0].bytes)).toBeLessThan(300);
    expect(Number(rows[0].bytes)).toBeGreaterThan(100);
  });

  it('a row that is used again and again does not grow', async () => {
    const lock = open();
    for (let n = 0; n < 300; n++) await (await lock.acquire('job')).release();
    const { rows } = await database.pool.query(
      `SELECT pg_relation_size('runafter.locks') AS bytes`,
    );
    expect(Number(rows[0].bytes)).toBeLessThanOrEqual(4 * 8_192);
  });

  describe.each(['repeatable read', 'serializable'])(
    'where transactions are %s by default',
    (level) => {
      it('one holds a name at a time, and nobody is told of conflicts', async () => {
        const options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
        const locks = Array.from({ length: 4 }, () => open({ connectionString: url, options }));
        expect(await sumInTurns(locks, database.pool)).toBe(40);
        expect((await rowOf('sum')).token).toBe('40');
      });
    },
  );

  describe('a role', () => {
    it('needs nothing but the tables, also to be told of releases', async () => {
      await migrate(database.pool, { schema: 'locks_of_role' });
      await database.pool.query(`
        CREATE ROLE runafter_test_locker LOGIN;
        GRANT USAGE ON SCHEMA locks_of_role TO runafter_test_locker;`);
      const client = new URL(url);
      client.username = 'runafter_test_locker';
      const options = { databaseSchema: 'locks_of_role', poll: '1h' } as const;
      const [lock, other] = [open(client.href, options), open(client.href, options)] as const;
      try {
        await expect(lock.acquire('job')).rejects.toMatchObject({
          code: 'SERVICE_REFUSED',
          message: expect.stringContaining('Grant this role'),
        });
        await database.pool.query(
          'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA locks_of_role TO runafter_test_locker',
        );
        const lease = await lock.acquire('job');
        const waiting = other.acquire('job');
        await expect.poll(async () => await wanted('locks_of_role')).toBe(1);
        await lease.release();
        await (await waiting).release();
      } finally {
        await Promise.all([lock.close(), other.close()]);
        await database.pool.query(
          'DROP OWNED BY runafter_test_locker; DROP ROLE runafter_test_locker;',
        );
      }
    });
  });

  it('a schema that was not migrated, or not lately, is told from every other failure', async () => {
    const fault = { code: 'SERVICE_REFUSED', message: expect.stringContaining('migrate()') };
    await expect(open(url, { databaseSchema: 'missing' }).acquire('job')).rejects.toMatchObject(
      fault,
    );
    await migrate(database.pool, { schema: 'older' });
    await database.pool.query(
      'DROP TABLE older.locks; DELETE FROM older.migrations WHERE step = 3',
    );
    const lock = open(url, { databaseSchema: 'older' });
    await expect(lock.tryAcquire('job')).rejects.toMatchObject(fault);
    await migrate(database.pool, { schema: 'older' });
    await using lease = await lock.acquire('job');
    expect(lease.token).toBe(1n);
  });

  it('locks of two schemas never meet', async () => {
    await migrate(database.pool, { schema: 'another' });
    await using lease = await open().acquire('job');
    await using beside = await open(url, { databaseSchema: 'another' }).acquire('job', { wait: 0 });
    lease.assertHeld();
    beside.assertHeld();
  });

  describe('a pool of yours', () => {
    it('stays open, and one session is enough for many who wait', async () => {
      const pool = openPool({ connectionString: url, max: 1 });
      onTestFinished(() => pool.end());
      const [lock, other] = [open(pool), open(pool)] as const;
      const lease = await lock.acquire('job');
      const waiting = Array.from({ length: 10 }, (_, n) =>
        withLock(n % 2 ? lock : other, 'job', () => pool.query('SELECT 1')),
      );
      await lease.release();
      await Promise.all(waiting);
      await Promise.all([lock.close(), other.close()]);
      expect((await pool.query('SELECT 1')).rowCount).toBe(1);
    });

    it('whose sessions end keeps its leases: a renewal takes the next one', async () => {
      const pool = openPool({ connectionString: url, application_name: 'ended-sessions' });
      onTestFinished(() => pool.end());
      await using lease = await open(pool).acquire('job', { ttl: 900 });
      const first = lease.expiresAt;
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended-sessions'`,
      );
      await expect.poll(() => lease.expiresAt, { timeout: 5_000 }).toBeGreaterThan(first + 300);
      lease.assertHeld();
      expect(await open().tryAcquire('job')).toBeUndefined();
    });

    it('has its sessions back from requests that hang', async () => {
      const pool = openPool({ connectionString: url, max: 1 });
      onTestFinished(() => pool.end());
      const lock = open(pool);
      await (await lock.acquire('job')).release();
      const blocker = await database.pool.connect();
      try {
        await blocker.query('BEGIN');
        await blocker.query(`SELECT FROM runafter.locks WHERE name = 'job' FOR UPDATE`);
        await expect(lock.acquire('job', { wait: 50, ttl: 500 })).rejects.toMatchObject({
          code: 'LOCK_TIMEOUT',
        });
        expect((await pool.query('SELECT 1')).rowCount, 'the row is still locked').toBe(1);
      } finally {
        await blocker.query('COMMIT');
        blocker.release();
      }
    });

    it('that has no session to spare does not keep a call that is aborted, nor close()', async () => {
      const pool = openPool({ connectionString: url, max: 1 });
      onTestFinished(() => pool.end());
      const lock = open(pool);
      const session = await pool.connect();
      const asking = lock.acquire('job', { wait: 30 });
      await expect(asking).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      const closing = lock.close();
      session.release();
      await closing;
      expect((await rowOf('job'))?.owner ?? null).toBe(null);
    });
  });

  async function wanted(schema: string): Promise<number> {
    const { rows } = await database.pool.query(
      `SELECT count(*)::int FROM ${schema}.locks WHERE is_wanted`,
    );
    return rows[0].count;
  }
});
