/** Who waits for a lock is told of its release, over one session that comes and goes. */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { type Lock, withLock } from '@runafter/lock';
import { type PostgresClient, type PostgresLockOptions, postgresLock } from '@runafter/postgres';
import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';
import { hearLocks } from './lock-notifications.ts';

/** Nobody polls: whoever goes on was woken, or asked at the end of a lease. */
const poll = '2h';
const patient = { ttl: '12h', wait: '1d' } as const;

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  function open(client: PostgresClient = url, options: PostgresLockOptions = {}): Lock {
    const lock = postgresLock(client, { poll, ...patient, ...options });
    onTestFinished(() => lock.close());
    return lock;
  }

  /** A connection whose sessions can be told from others. */
  function named(name: string) {
    return { connectionString: url, application_name: name };
  }

  async function listeningSessions(name: string): Promise<number[]> {
    const { rows } = await database.pool.query(
      `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN %'`,
      [name],
    );
    return rows.map(({ pid }) => pid);
  }

  async function wantedNames(): Promise<number> {
    const { rows } = await database.pool.query(
      'SELECT count(*)::int FROM runafter.locks WHERE is_wanted',
    );
    return rows[0].count;
  }

  const until = (check: () => Promise<unknown>) => vi.waitFor(check, { timeout: 20_000 });
  const untilWanted = (count = 1) => until(async () => expect(await wantedNames()).toBe(count));

  /** Ends what listens, as a restart of the server does. */
  async function endListening(name: string): Promise<void> {
    const pids = await listeningSessions(name);
    expect(pids).toHaveLength(1);
    await database.pool.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
      pids,
    ]);
    await until(async () => expect(await listeningSessions(name)).not.toContain(pids[0]));
  }

  describe('a notification', () => {
    it('is sent when somebody waits, once, and not when nobody does', async () => {
      const heard = await hearLocks(url);
      const [lock, other] = [open(), open()] as const;
      for (let n = 0; n < 5; n++) await (await lock.acquire('job')).release();
      const lease = await lock.acquire('job');
      expect(await other.tryAcquire('job')).toBeUndefined();
      await expect(other.acquire('other-job', { wait: 0 })).resolves.toBeDefined();
      const waiting = other.acquire('job');
      await untilWanted();
      await lease.release();
      await (await waiting).release();
      for (let n = 0; n < 5; n++) await (await lock.acquire('job')).release();
      await heard.settled();
      expect(heard.payloads.filter((payload) => payload.startsWith('job'))).toEqual(['job']);
    });

    it('that is lost is made up for by the poll', async () => {
      const clock = virtualClock();
      const lease = await open().acquire('job');
      const waiting = open(url, { clock, poll: '10s' }).acquire('job');
      await untilWanted();
      await database.pool.query('UPDATE runafter.locks SET is_wanted = false');
      await lease.release();
      let next: unknown;
      void waiting.then((granted) => {
        next = granted;
      });
      await clock.advance('7s');
      await database.pool.query('SELECT 1');
      expect(next, 'nobody was told').toBeUndefined();
      await clock.advance('3s');
      expect((await waiting).token).toBe(2n);
    });

    it('that the server cannot take keeps no name: it is released without', async () => {
      await database.pool.query(`
        CREATE SCHEMA full_queue;
        CREATE FUNCTION full_queue.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
          RAISE 'too many notifications in the NOTIFY queue' USING ERRCODE = '54000';
        END $$`);
      const options = '-c search_path=full_queue,pg_catalog';
      const lease = await open({ connectionString: url, options }).acquire('job');
      const waiting = open(url, { poll: 50 }).acquire('job');
      await untilWanted();
      await lease.release();
      expect((await waiting).token).toBe(2n);
    });

    it('is asked for once: those who poll meanwhile write nothing', async () => {
      const lease = await open().acquire('job');
      let pauses = 0;
      const random = () => {
        pauses++;
        return Math.random();
      };
      const waiting = open(url, { poll: 20, random }).acquire('job');
      await untilWanted();
      const versionOfRow = async () =>
        (await database.pool.query('SELECT xmin, ctid FROM runafter.locks')).rows;
      const before = await versionOfRow();
      const until = pauses + 5;
      await vi.waitFor(() => expect(pauses).toBeGreaterThan(until), { timeout: 20_000 });
      expect(await versionOfRow()).toEqual(before);
      await lease.release();
      expect((await waiting).token).toBe(2n);
    });

    it('wakes those who wait for this name, of any alphabet and length', async () => {
      const [lock, other] = [open(), open()] as const;
      const names = ['a"b', '\0\u0001', 'é👩‍🚀', 'x'.repeat(5_000), 'ж'.repeat(199), "'; --"];
      const leases = await Promise.all(names.map((name) => lock.acquire(name)));
      const waiting = names.map((name) => other.acquire(name));
      await untilWanted(names.length);
      for (const [at, lease] of leases.entries()) {
        await lease.release();
        expect((await waiting[at])?.token).toBe(2n);
      }
    });
  });

  describe('the session that listens', () => {
    it('is one for all who wait, and there is none before somebody does', async () => {
      const [holder, lock] = [open(), open(named('one-for-all'))] as const;
      await (await lock.acquire('free')).release();
      expect(await listeningSessions('one-for-all')).toEqual([]);
      const names = Array.from({ length: 12 }, (_, n) => `job-${n}`);
      const leases = await Promise.all(names.map((name) => holder.acquire(name)));
      const waiting = names.map((name) => lock.acquire(name));
      await untilWanted(names.length);
      expect(await listeningSessions('one-for-all')).toHaveLength(1);
      await Promise.all(leases.map((lease) => lease.release()));
      await Promise.all(waiting);
    });

    it('is beside the pool: a pool of one session is enough', async () => {
      const pool = new pg.Pool({ ...named('beside'), max: 1 });
      onTestFinished(() => pool.end());
      const [lock, other] = [open(pool), open(pool)] as const;
      const lease = await lock.acquire('job');
      const waiting = other.acquire('job');
      await untilWanted();
      await lease.release();
      expect((await waiting).token).toBe(2n);
    });

    it('ends some time after the last one has waited, and comes back for the next', async () => {
      const clock = virtualClock();
      const [holder, lock] = [open(), open(named('idle'), { clock })] as const;
      for (let round = 0; round < 2; round++) {
        const lease = await holder.acquire('job');
        const waiting = lock.acquire('job');
        await untilWanted();
        await lease.release();
        await (await waiting).release();
        await clock.advance('25s');
        expect(await listeningSessions('idle')).toHaveLength(1);
        await clock.advance('6s');
        await until(async () => expect(await listeningSessions('idle')).toEqual([]));
      }
    });

    it('has ended when close() has, also while somebody waits', async () => {
      const lease = await open().acquire('job');
      const pool = new pg.Pool(named('closed'));
      onTestFinished(() => pool.end());
      for (let round = 0; round < 10; round++) {
        const lock = open(pool);
        const waiting = lock.acquire('job');
        const ended = expect(waiting).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
        await untilWanted();
        await lock.close();
        await ended;
        expect(await listeningSessions('closed')).toEqual([]);
        await database.pool.query('UPDATE runafter.locks SET is_wanted = false');
      }
      lease.assertHeld();
    });

    describe('that the server has ended', () => {
      /** Somebody who waits, and whose session that listens is gone; it comes back when the clock goes on. */
      async function deafWaiter(name: string, clock: VirtualClock) {
        const lease = await open().acquire('job');
        const waiting = open(named(name), { clock }).acquire('job');
        await untilWanted();
        await endListening(name);
        // The client notices it, and waits a moment before it connects again.
        const pending = clock.pending;
        await until(async () => expect(clock.pending).toBeGreaterThanOrEqual(pending));
        return { lease, waiting };
      }

      it('comes back, and tells of what is released then', async () => {
        const clock = virtualClock();
        const { lease, waiting } = await deafWaiter('comes-back', clock);
        await until(async () => {
          await clock.advance('1s');
          expect(await listeningSessions('comes-back')).toHaveLength(1);
        });
        await lease.release();
        expect((await waiting).token).toBe(2n);
      });

      it('wakes all when it is back: what was released meanwhile was not told', async () => {
        const clock = virtualClock();
        const { lease, waiting } = await deafWaiter('wakes-all', clock);
        await lease.release();
        let isGranted = false;
        void waiting.then(() => {
          isGranted = true;
        });
        await until(async () => {
          await clock.advance('1s');
          expect(isGranted).toBe(true);
        });
      });
    });
  });

  it('100 who wait on 4 locks each get their turn, none after a poll', async () => {
    const locks = Array.from({ length: 4 }, () => open());
    let inside = 0;
    const turns = Array.from({ length: 100 }, (_, n) =>
      withLock(locks[n % 4] as Lock, 'job', async () => {
        expect(++inside).toBe(1);
        await database.pool.query('SELECT 1');
        inside--;
      }),
    );
    await Promise.all(turns);
    expect(inside).toBe(0);
  });
});
