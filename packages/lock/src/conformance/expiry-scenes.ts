/** A holder that is alive keeps its name; the name of one that is not heard of becomes free, and it knows first. */
import { expect } from 'vitest';
import { withLock } from '../with-lock.ts';
import { clockOf, endOf, faulty, leaseLost, refusalOf, startWaiting } from './setting.ts';
import type { Scene } from './side-by-side.ts';

export const expiryScenes: readonly Scene[] = [
  {
    title: 'who works for long keeps the name far beyond its ttl, with the same token',
    needs: [],
    async play(setting, name) {
      const { lock, other, roomyTtl: ttl } = setting;
      const clock = clockOf(setting);
      const lease = await lock.acquire(name, { ttl });
      const { token, expiresAt } = lease;
      for (let look = 0; look < 4; look++) {
        await clock.sleep(ttl / 2);
        lease.assertHeld();
        expect(await other.tryAcquire(name)).toBeUndefined();
      }
      expect(lease.token).toBe(token);
      expect(lease.expiresAt).toBeGreaterThan(expiresAt + ttl);
      expect(lease.signal.aborted).toBe(false);
      await lease.release();
      expect((await other.acquire(name, { wait: 0 })).token).toBeGreaterThan(token);
    },
  },
  {
    title:
      'who is cut off loses the name, knows it before anybody else has it, and never gets it back',
    needs: ['faults'],
    async play(setting, name) {
      const { ttl, capabilities, other } = setting;
      const clock = clockOf(setting);
      const { lock, cut, heal } = await faulty(setting);
      const since = clock.monotonic();
      const lease = await lock.acquire(name, { ttl });
      const { granted } = await startWaiting(setting, name);
      cut();
      const next = await granted;
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      if (capabilities.expiry) {
        // A timer of Node's may be early by less than a millisecond.
        expect(clock.monotonic() - since, 'not before its ttl').toBeGreaterThan(ttl - 1);
      }
      expect(next.token).toBeGreaterThan(lease.token);
      heal();
      await lease.release();
      await clock.sleep(ttl);
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      next.assertHeld();
      expect(await other.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'who gets no replies any more loses the name, and knows it before anybody else has it',
    needs: ['faults'],
    async play(setting, name) {
      const { lock, stall, heal } = await faulty(setting);
      const lease = await lock.acquire(name, { ttl: setting.ttl });
      const { granted } = await startWaiting(setting, name);
      stall();
      expect(await endOf(setting, lease)).toMatchObject({ code: 'LEASE_LOST' });
      const next = await granted;
      heal();
      await lease.release();
      next.assertHeld();
      expect(next.token).toBeGreaterThan(lease.token);
      expect(await setting.other.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'who is cut off for a short time keeps the name',
    needs: ['faults', 'expiry'],
    async play(setting, name) {
      const { other, roomyTtl: ttl } = setting;
      const clock = clockOf(setting);
      const { lock, cut, heal } = await faulty(setting);
      const lease = await lock.acquire(name, { ttl });
      await clock.sleep(ttl / 4);
      cut();
      await clock.sleep(ttl / 4);
      heal();
      await clock.sleep(ttl);
      lease.assertHeld();
      expect(await other.tryAcquire(name)).toBeUndefined();
      await lease.release();
      (await other.acquire(name, { wait: 0 })).assertHeld();
    },
  },
  {
    title: 'a renewal whose reply is lost is made again',
    needs: ['faults', 'expiry'],
    async play(setting, name) {
      const { other, roomyTtl: ttl } = setting;
      const clock = clockOf(setting);
      const { lock, loseReply } = await faulty(setting);
      const lease = await lock.acquire(name, { ttl });
      loseReply();
      await clock.sleep(ttl * 1.5);
      lease.assertHeld();
      expect(await other.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'what is granted so late that its ttl has passed is not handed over as held',
    needs: ['faults'],
    async play(setting, name) {
      const { ttl, other } = setting;
      const clock = clockOf(setting);
      const { lock, stall, heal } = await faulty(setting);
      await (await lock.acquire(`${name}-warm`)).release();
      stall();
      const acquiring = lock.acquire(name, { ttl, wait: '2m' });
      await clock.sleep(ttl * 1.5);
      heal();
      const lease = await acquiring;
      lease.assertHeld();
      expect(await other.tryAcquire(name)).toBeUndefined();
      await lease.release();
      (await other.acquire(name, { wait: '2m' })).assertHeld();
    },
  },
  {
    title: 'a lock closes also when the service does not answer',
    needs: ['faults'],
    async play(setting, name) {
      const { other, ttl } = setting;
      const { lock, stall } = await faulty(setting);
      const lease = await lock.acquire(`${name}-held`, { ttl });
      stall();
      const waiting = refusalOf(lock.acquire(name, { ttl, wait: '10m' }));
      await lock.close();
      expect(await waiting).toMatchObject({ code: 'SERVICE_CLOSED' });
      expect(lease.signal.aborted).toBe(true);
      (await other.acquireAll([name, `${name}-held`], { wait: '2m' })).assertHeld();
    },
  },
  {
    title: 'a function under a lock gives its own error, also when the release fails',
    needs: ['faults'],
    async play(setting, name) {
      const { lock, cut } = await faulty(setting);
      const error = new Error('The work has failed.');
      const work = async () => {
        cut();
        throw error;
      };
      expect(await refusalOf(withLock(lock, name, work, { ttl: setting.ttl }))).toBe(error);
      (await setting.other.acquire(name, { wait: '2m' })).assertHeld();
    },
  },
];
