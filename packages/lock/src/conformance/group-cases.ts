/** Several names at once: all of them or none, in one order for all callers. */
import { describe, expect, it } from 'vitest';
import { clockOf, connections, eachOf, type Setting, soon } from './setting.ts';

export function groupCases(setting: Setting): void {
  describe('several names at once', () => {
    it('are held together, in the order that was asked for', async () => {
      const { lock, other } = setting;
      await using group = await lock.acquireAll(['b', 'c', 'a']);
      expect(group.leases.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
      for (const name of ['a', 'b', 'c']) expect(await other.tryAcquire(name)).toBeUndefined();
      group.assertHeld();
      expect(group.signal.aborted).toBe(false);
    });

    it('are free after the release, which may be repeated', async () => {
      const { lock, other } = setting;
      const group = await lock.acquireAll(['a', 'b']);
      await Promise.all([group.release(), group.release()]);
      expect(group.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      expect(() => group.assertHeld()).toThrow(
        expect.objectContaining({ code: 'LEASE_RELEASED' }) as Error,
      );
      const next = await other.acquireAll(['a', 'b'], { wait: 0 });
      await group[Symbol.asyncDispose]();
      next.assertHeld();
      expect(await lock.tryAcquire('a')).toBeUndefined();
    });

    it('may name one twice, which is the same lease', async () => {
      await using group = await setting.lock.acquireAll(['a', 'b', 'a']);
      const [first, second, third] = group.leases;
      expect(third).toBe(first);
      expect(second.owner).not.toBe(first.owner);
    });

    it('may be none', async () => {
      const group = await setting.lock.acquireAll([]);
      expect(group.leases).toEqual([]);
      group.assertHeld();
      await group.release();
      expect(group.signal.aborted).toBe(true);
    });

    it.each(['a', 'b', 'c'])('are none when %s is not to be had', async (held) => {
      const { lock, other } = setting;
      await using lease = await lock.acquire(held);
      await expect(other.acquireAll(['c', 'a', 'b'], { wait: '2s' })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        lockName: held,
      });
      for (const name of ['a', 'b', 'c'].filter((each) => each !== held)) {
        await using free = await lock.acquire(name, { wait: soon });
        free.assertHeld();
      }
      lease.assertHeld();
    });

    it('are none when one is no name', async () => {
      const { lock, other } = setting;
      await expect(lock.acquireAll(['a', '', 'b'])).rejects.toMatchObject({
        code: 'LOCK_NAME_INVALID',
      });
      await using group = await other.acquireAll(['a', 'b'], { wait: soon });
      group.assertHeld();
    });

    it('are had by all who ask for the same ones in different orders', async () => {
      const locks = [setting.lock, setting.other, ...(await connections(setting, 1))];
      const orders = [
        ['a', 'b', 'c'],
        ['c', 'b', 'a'],
        ['b', 'c'],
        ['c', 'a'],
      ];
      const clock = clockOf(setting);
      const inside = new Set<string>();
      const turns = eachOf(locks, 16, async (lock, n) => {
        const names = orders[n % orders.length] ?? [];
        await using group = await lock.acquireAll(names, { wait: '1m' });
        for (const name of names) {
          expect(inside).not.toContain(name);
          inside.add(name);
        }
        await clock.sleep(1);
        group.assertHeld();
        for (const name of names) inside.delete(name);
      });
      await Promise.all(turns);
    });
  });
}
