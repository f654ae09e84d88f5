/** What was closed has given back what it held, refuses everything, and takes nothing away from others. */
import { describe, expect, it } from 'vitest';
import { need, type Setting, soon, untilWaiting } from './setting.ts';

export function closingCases(setting: Setting): void {
  describe('a lock that is closed', () => {
    it('may be closed again', async () => {
      const { lock } = setting;
      await Promise.all([lock.close(), lock.close()]);
      await lock.close();
      await lock[Symbol.asyncDispose]();
    });

    it('refuses every call', async () => {
      const { lock } = setting;
      await (await lock.acquire('job')).release();
      await lock.close();
      const calls = [
        () => lock.acquire('job'),
        () => lock.acquire('job', { wait: 0 }),
        () => lock.tryAcquire('job'),
        () => lock.acquireAll(['job']),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({ code: 'SERVICE_CLOSED', service: lock.name });
      }
    });

    it('is closed at the end of its block', async () => {
      let after: () => Promise<unknown>;
      {
        await using lock = setting.lock;
        await (await lock.acquire('job')).release();
        after = () => lock.tryAcquire('job');
      }
      await expect(after()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    });

    it('gives back what it holds', async (context) => {
      need(setting, 'separateConnections')(context);
      const { lock, other } = setting;
      const leases = [await lock.acquire('a'), await lock.acquire('b')];
      await lock.close();
      for (const lease of leases) {
        expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
        await lease.release();
        expect(await other.tryAcquire(lease.name)).toBeDefined();
      }
    });

    it('ends its waits, and nobody waits behind them', async (context) => {
      need(setting, 'separateConnections')(context);
      const { place, other } = setting;
      const lease = await other.acquire('job');
      let closing: { close(): Promise<void> } | undefined;
      const { granted } = await untilWaiting(
        async (random) => {
          const lock = await place.connect({ random });
          closing = lock;
          return lock;
        },
        (lock) => lock.acquire('job', { wait: '1m' }),
      );
      const [ended] = await Promise.allSettled([granted, closing?.close()]);
      expect(ended).toMatchObject({ reason: { code: 'SERVICE_CLOSED' } });
      await lease.release();
      await using next = await other.acquire('job', { wait: soon });
      next.assertHeld();
    });

    it('leaves other connections open, and what they hold', async (context) => {
      need(setting, 'separateConnections')(context);
      const { lock, other, place } = setting;
      await using lease = await other.acquire('job');
      await lock.close();
      lease.assertHeld();
      const third = await place.connect();
      expect(await third.tryAcquire('job')).toBeUndefined();
    });
  });

  describe('a set of locks', () => {
    it('has a name that its errors tell', async () => {
      const { lock } = setting;
      expect(lock.name).toMatch(/\S/);
      await expect(lock.acquire('')).rejects.toThrow(lock.name);
    });
  });
}
