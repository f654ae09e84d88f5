/** Locks behind a pooler in transaction mode, where no session can listen: everything works, by polling. */
import type { Lock } from '@runafter/lock';
import { type PostgresClient, type PostgresLockOptions, postgresLock } from '@runafter/postgres';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import type { RunningService } from '../services/service-kind.ts';
import { useDatabase } from './database.ts';
import { hearLocks } from './lock-notifications.ts';
import { startPgBouncer } from './pg-bouncer.ts';
import { sumInTurns } from './sum-in-turns.ts';

const { CI, TEST_SERVICES } = process.env;

await onService('postgres', async ({ url }) => {
  const database = useDatabase(url);
  // It connects to the database when somebody asks for something: that is later than now.
  const pooler = await startPgBouncer(url).catch((error: Error) => {
    if (CI || TEST_SERVICES) throw error;
    return error;
  });
  if (pooler instanceof Error) {
    it('behind PgBouncer', ({ skip }) => skip(`no PgBouncer, since ${pooler.message}`));
    return;
  }
  behind(pooler);

  function behind({ url: pooled, stop }: RunningService): void {
    beforeEach(() => database.empty());
    afterAll(stop);

    function open(client: PostgresClient = pooled, options: PostgresLockOptions = {}): Lock {
      const lock = postgresLock(client, { poll: 50, ...options });
      onTestFinished(() => lock.close());
      return lock;
    }

    describe('behind a pooler in transaction mode', () => {
      it('one holds a name at a time, of many who wait on several locks', async () => {
        const locks = Array.from({ length: 4 }, () => open());
        expect(await sumInTurns(locks, database.pool)).toBe(40);
      });

      it('a release is noticed by the poll, and nobody is notified of it', async () => {
        const heard = await hearLocks(url);
        let pauses = 0;
        const random = () => {
          pauses++;
          return Math.random();
        };
        const [lock, other] = [open(), open(pooled, { random })] as const;
        const lease = await lock.acquire('job');
        const waiting = other.acquire('job');
        // Its session that listens has sent a notification to itself; then it goes on polling.
        const tested = () => expect(heard.payloads).toEqual([expect.stringMatching(/^[\w-]{36}$/)]);
        await vi.waitFor(tested, { timeout: 20_000 });
        pauses = 0;
        await vi.waitFor(() => expect(pauses).toBeGreaterThan(5), { timeout: 20_000 });
        await lease.release();
        expect((await waiting).token).toBe(2n);
        await heard.settled();
        expect(heard.payloads).not.toContain('job');
      });

      it('a lease is renewed, and its loss is noticed', async () => {
        const lease = await open().acquire('job', { ttl: 600 });
        const first = lease.expiresAt;
        await expect.poll(() => lease.expiresAt, { timeout: 10_000 }).toBeGreaterThan(first);
        expect(await open(url).tryAcquire('job')).toBeUndefined();
        await database.pool.query('UPDATE runafter.locks SET owner = NULL');
        await expect.poll(() => lease.signal.aborted, { timeout: 10_000 }).toBe(true);
        expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      });

      it('who is directly connected is told of what is released through the pooler', async () => {
        const lease = await open().acquire('job');
        const waiting = open(url, { poll: '2h', ttl: '12h', wait: '1d' }).acquire('job');
        await vi.waitFor(async () => {
          const { rows } = await database.pool.query('SELECT is_wanted FROM runafter.locks');
          expect(rows).toEqual([{ is_wanted: true }]);
        });
        await lease.release();
        expect((await waiting).token).toBe(2n);
      });
    });
  }
});
