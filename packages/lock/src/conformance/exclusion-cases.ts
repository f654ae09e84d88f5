/** Of all who ask for a name, one holds it at a time. */
import { describe, expect, it } from 'vitest';
import type { Lock } from '../lock-port.ts';
import { withLock } from '../with-lock.ts';
import { clockOf, connections, type Setting } from './setting.ts';

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
  });
}

/** As many calls as `count`, from one connection after the other. */
function eachOf<T>(
  locks: readonly Lock[],
  count: number,
  call: (lock: Lock) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, n) => call(locks[n % locks.length] as Lock));
}
