/** What other processes do that crash, stand still and wake up again. */
import { expect } from 'vitest';
import { clockOf, refusalOf, startProcess, startWaiting } from './setting.ts';
import type { Scene } from './side-by-side.ts';

/** In milliseconds: a machine that starts several processes at once is busy. */
const wait = 60_000;

export const processScenes: readonly Scene[] = [
  {
    title: 'a holder that crashes is in the way for its ttl at most',
    needs: ['processes'],
    async play(setting, name) {
      const { other, roomyTtl: ttl, capabilities } = setting;
      const holder = await startProcess(setting, { name, ttl, wait });
      const { token, owner } = await holder.granted;
      const { granted } = await startWaiting(setting, name);
      await holder.kill();
      if (capabilities.expiry) {
        const refusal = await refusalOf(other.acquire(name, { wait: 0 }));
        expect(refusal, 'and not before').toMatchObject({
          code: 'LOCK_TIMEOUT',
          ...(capabilities.knowsHolder && { heldBy: owner }),
        });
      }
      expect((await granted).token).toBeGreaterThan(token);
    },
  },
  {
    title: 'a holder that was stopped until others had the name knows it when it wakes up',
    needs: ['processes'],
    async play(setting, name) {
      const { lock, ttl, capabilities } = setting;
      const clock = clockOf(setting);
      const holder = await startProcess(setting, { name, ttl, wait });
      const { token } = await holder.granted;
      const { granted } = await startWaiting(setting, name);
      holder.pause();
      // Where leases are tied to connections, a process that stands still keeps its own.
      await (capabilities.expiry ? granted : clock.sleep(ttl * 1.5));
      holder.resume();
      expect(await holder.look()).toMatchObject({ assertHeld: 'LEASE_LOST' });
      const next = await granted;
      await holder.close();
      next.assertHeld();
      expect(next.token).toBeGreaterThan(token);
      expect(await lock.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'a holder whose event loop was blocked knows it before its timers do',
    needs: ['processes'],
    async play(setting, name) {
      const { ttl } = setting;
      const holder = await startProcess(setting, { name, ttl, wait });
      await holder.granted;
      expect(await holder.stall(ttl * 1.2)).toEqual({
        signal: undefined,
        assertHeld: 'LEASE_LOST',
      });
      expect(await holder.look()).toEqual({ signal: 'LEASE_LOST', assertHeld: 'LEASE_LOST' });
      await holder.close();
    },
  },
  {
    title: 'a waiter that crashes does not hold up those behind it',
    needs: ['processes'],
    async play(setting, name) {
      const { lock, ttl } = setting;
      const lease = await lock.acquire(name);
      const crashing = await startProcess(setting, { name, ttl, wait });
      const { granted } = await startWaiting(setting, name, { wait: '20s' });
      await crashing.kill();
      await lease.release();
      const next = await granted;
      next.assertHeld();
      expect(next.token).toBeGreaterThan(lease.token);
    },
  },
  {
    title: 'a process that waits is granted when another one releases',
    needs: ['processes'],
    async play(setting, name) {
      const { lock, other, ttl } = setting;
      const lease = await lock.acquire(name);
      const waiter = await startProcess(setting, { name, ttl, wait });
      await lease.release();
      const { token, owner } = await waiter.granted;
      expect(token).toBeGreaterThan(lease.token);
      expect(owner).not.toBe(lease.owner);
      expect(await other.tryAcquire(name)).toBeUndefined();
      expect(await waiter.look()).toEqual({ signal: undefined, assertHeld: undefined });
      await waiter.kill();
    },
  },
  {
    title: 'a process ends by itself when its lock is closed, and what it held is free',
    needs: ['processes'],
    async play(setting, name) {
      const { other, ttl } = setting;
      const holder = await startProcess(setting, { name, ttl: Math.max(ttl, 30_000), wait });
      const { token } = await holder.granted;
      await holder.close();
      expect((await other.acquire(name, { wait: 0 })).token).toBeGreaterThan(token);
    },
  },
];
