/** What other processes do that crash, stand still and wake up again. */
import { expect } from 'vitest';
import { clockOf, poolOf, type Setting, startProcess, startWaiting } from './setting.ts';
import type { Scene } from './side-by-side.ts';

/** In milliseconds: a machine that starts several processes at once is busy. */
const wait = 60_000;

export const processScenes: readonly Scene[] = [
  {
    title: 'a holder that crashes keeps the resource for its ttl at most',
    needs: ['processes'],
    async play(setting, name) {
      const pool = await filled(setting, name);
      const holder = await startProcess(setting, { pool: name, ttl: setting.roomyTtl, wait });
      const { token } = await holder.claimed;
      const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(lease), { name });
      const clock = clockOf(setting);
      const since = clock.monotonic();
      await holder.kill();
      const early = await pool.tryClaim({ mode: 'lease' });
      // Unless the machine is so busy that its time is over.
      if (clock.monotonic() - since < setting.roomyTtl / 2) expect(early).toBeUndefined();
      await early?.release();
      expect((await claimed).token).toBeGreaterThan(token);
    },
  },
  {
    title: 'a holder that was stopped until others had the resource knows it when it wakes up',
    needs: ['processes'],
    async play(setting, name) {
      const pool = await filled(setting, name);
      const holder = await startProcess(setting, { pool: name, ttl: setting.ttl, wait });
      const { token } = await holder.claimed;
      const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(lease), { name });
      holder.pause();
      const next = await claimed;
      holder.resume();
      expect(await holder.look()).toBe('LEASE_LOST');
      await holder.close();
      next.assertHeld();
      expect(next.token).toBeGreaterThan(token);
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
    },
  },
  {
    title: 'an operation whose process crashes finds its resource again, in another process',
    needs: ['processes'],
    async play(setting, name) {
      const { ttl } = setting;
      const pool = await filled(setting, name, ['a', 'b']);
      const task = { pool: name, once: 'hire-1', ttl, wait };
      const [first, second] = await Promise.all([
        startProcess(setting, task),
        startProcess(setting, task),
      ]);
      const claimed = await first.claimed;
      await first.kill();
      expect(await second.claimed).toEqual(claimed);
      await second.kill();
      expect(await pool.claim({ mode: 'assign', once: 'hire-1' })).toMatchObject(claimed);
      expect(await pool.release('hire-1')).toBe(true);
    },
  },
  {
    title: 'a waiter that crashes does not hold up those behind it',
    needs: ['processes'],
    async play(setting, name) {
      const pool = await filled(setting, name);
      const held = await pool.claim({ mode: 'lease' });
      const crashing = await startProcess(setting, { pool: name, ttl: setting.ttl, wait });
      const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(lease), { name });
      await crashing.kill();
      await held.release();
      (await claimed).assertHeld();
    },
  },
  {
    title: 'a process that waits is given what another one gives back, and ends by itself',
    needs: ['processes'],
    async play(setting, name) {
      const pool = await filled(setting, name);
      const held = await pool.claim({ mode: 'lease' });
      const waiter = await startProcess(setting, { pool: name, ttl: 30_000, wait });
      await held.release();
      const { token, resource } = await waiter.claimed;
      expect(resource).toBe(held.resource);
      expect(token).toBeGreaterThan(held.token);
      expect(await waiter.look()).toBeUndefined();
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
      await waiter.close();
      expect((await pool.claim({ mode: 'lease' })).token).toBeGreaterThan(token);
    },
  },
];

const lease = { mode: 'lease', wait } as const;

async function filled(setting: Setting, name: string, resources: readonly string[] = ['E5-001']) {
  const pool = poolOf(setting, setting.store, resources, { name });
  await pool.inspect();
  return pool;
}
