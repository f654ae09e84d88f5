/** What a lease says of itself, and that it ends once. */
import { describe, expect, it } from 'vitest';
import { withLock } from '../with-lock.ts';
import { clockOf, connections, need, type Setting } from './setting.ts';

export function leaseCases(setting: Setting): void {
  describe('a lease', () => {
    it('tells its name, its owner, its token and its end', async () => {
      const [lock] = await connections(setting, 1, { holder: 'web-1' });
      const before = clockOf(setting).now();
      await using lease = await lock?.acquire('job', { ttl: '30s' });
      expect(lease).toMatchObject({ name: 'job', owner: expect.stringMatching(/^web-1:.+/) });
      expect(lease?.token).toBeGreaterThan(0n);
      expect(lease?.expiresAt).toBeGreaterThan(before);
      expect(lease?.expiresAt).toBeLessThanOrEqual(clockOf(setting).now() + 30_000);
      expect(lease?.signal.aborted).toBe(false);
      lease?.assertHeld();
    });

    it('has an owner that no other one has', async () => {
      const { lock, other } = setting;
      const owners = new Set<string>();
      for (const holder of [lock, lock, other]) {
        await using lease = await holder.acquire('job');
        owners.add(lease.owner);
      }
      await using elsewhere = await lock.acquire('other-job');
      expect(owners.add(elsewhere.owner).size).toBe(4);
    });

    it('has a greater token than all before it, whoever had them', async () => {
      let last = 0n;
      for (let round = 0; round < 4; round++) {
        for (const lock of [setting.lock, setting.other, setting.other]) {
          await using lease = await lock.acquire('job');
          expect(lease.token).toBeGreaterThan(last);
          last = lease.token;
        }
      }
    });

    it('has a greater token also when nobody has had the place open in between', async (context) => {
      need(setting, 'separateConnections')(context);
      const { lock, other, place } = setting;
      const { token } = await lock.acquire('job');
      await Promise.all([lock.close(), other.close()]);
      const again = await place.connect();
      await using lease = await again.acquire('job');
      expect(lease.token).toBeGreaterThan(token);
    });

    it('has its token from the source that the lock was given', async () => {
      const counts = new Map<string, bigint>();
      const tokens = {
        async addAndGet(name: string, amount: number) {
          const sum = (counts.get(name) ?? 10n ** 15n) + BigInt(amount);
          counts.set(name, sum);
          return sum;
        },
      };
      const [lock] = await connections(setting, 1, { tokens });
      for (const token of [10n ** 15n + 1n, 10n ** 15n + 2n]) {
        await using lease = await lock?.acquire('job');
        expect(lease?.token).toBe(token);
      }
    });

    it('that was released says so, and is free for others', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job');
      await lease.release();
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      expect(() => lease.assertHeld()).toThrow(
        expect.objectContaining({ code: 'LEASE_RELEASED' }) as Error,
      );
      expect(await other.tryAcquire('job')).toBeDefined();
    });

    it('does not take the name from the next holder when it is released again', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job');
      await Promise.all([lease.release(), lease.release()]);
      await using next = await other.acquire('job');
      await lease.release();
      await lease[Symbol.asyncDispose]();
      expect(await lock.tryAcquire('job')).toBeUndefined();
      next.assertHeld();
    });

    it('ends with its block', async () => {
      const { lock, other } = setting;
      let signal: AbortSignal;
      {
        await using lease = await lock.acquire('job');
        signal = lease.signal;
      }
      expect(signal.aborted).toBe(true);
      expect(await other.tryAcquire('job')).toBeDefined();
    });
  });

  describe('a function under a lock', () => {
    it('gives its result, and the name is free then', async () => {
      const { lock, other } = setting;
      const work = async () => {
        expect(await other.tryAcquire('job')).toBeUndefined();
        return 'done';
      };
      expect(await withLock(lock, 'job', work)).toBe('done');
      expect(await other.tryAcquire('job')).toBeDefined();
    });

    it('gives its error, and the name is free then', async () => {
      const { lock, other } = setting;
      const error = new Error('The work has failed.');
      await expect(withLock(lock, 'job', () => Promise.reject(error))).rejects.toBe(error);
      expect(await other.tryAcquire('job')).toBeDefined();
    });

    it('may release its lease itself', async () => {
      const { lock, other } = setting;
      const work = async (lease: { release(): Promise<void> }) => {
        await lease.release();
        return await other.tryAcquire('job');
      };
      const taken = await withLock(lock, 'job', work);
      taken?.assertHeld();
      expect(await lock.tryAcquire('job')).toBeUndefined();
    });

    it('is not called when the name is not to be had', async () => {
      const { lock, other } = setting;
      await using lease = await lock.acquire('job');
      let calls = 0;
      await expect(withLock(other, 'job', () => calls++, { wait: 30 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
      });
      expect(calls).toBe(0);
      lease.assertHeld();
    });
  });
}
