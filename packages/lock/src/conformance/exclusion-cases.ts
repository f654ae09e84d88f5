/** Of all who ask for a name, one holds it at a time. */
import { describe, expect, it } from 'vitest';
import { withLock } from '../with-lock.ts';
import { clockOf, connections, eachOf, type Setting, soon } from './setting.ts';

export function exclusionCases(setting: Setting): void {
  describe('a name', () => {
    it('is held by one of those who try at the same time', async () => {
      const locks = [setting.lock, setting.other, ...(await connections(setting, 2))];
      for (let round = 0; round < 5; round++) {
        const tries = eachOf(locks, 12, (lock) => lock.tryAcquire(`job-${round}`));
        const held = (await Promise.all(tries)).filter((lease) => lease !== undefined);
        expect(held).toHaveLength(1);
        await held[0]?.release();
      }
    });

    it('is held by one at a time of 100 who wait for it, on several connections', async () => {
      const locks = [setting.lock, setting.other, ...(await connections(setting, 2))];
      const clock = clockOf(setting);
      let sum = 0;
      let inside = 0;
      const turns = eachOf(locks, 100, (lock) =>
        withLock(
          lock,
          'sum',
          async () => {
            expect(++inside, 'how many are inside').toBe(1);
            const read = sum;
            await clock.sleep(1);
            sum = read + 1;
            inside--;
          },
          { wait: '2m' },
        ),
      );
      await Promise.all(turns);
      expect(sum).toBe(100);
    }, 120_000);

    it('is free for others after each release, whoever had it', async () => {
      const { lock, other } = setting;
      for (const holder of [lock, other, other, lock]) {
        const lease = await holder.acquire('job');
        expect(await lock.tryAcquire('job')).toBeUndefined();
        expect(await other.tryAcquire('job')).toBeUndefined();
        await lease.release();
      }
    });

    it('is not to be had twice by one connection either', async () => {
      const { lock } = setting;
      await using lease = await lock.acquire('job');
      expect(await lock.tryAcquire('job')).toBeUndefined();
      lease.assertHeld();
    });

    it('does not keep others waiting who want another one', async () => {
      const locks = [setting.lock, setting.other, ...(await connections(setting, 2))];
      const leases = await Promise.all(
        eachOf(locks, 20, (lock, n) => lock.acquire(`job-${n}`, { wait: soon })),
      );
      for (const lease of leases) lease.assertHeld();
      await Promise.all(leases.map((lease) => lease.release()));
    });
  });
}
