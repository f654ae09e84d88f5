/** A lease that an operator takes away is lost: its holder is told, and never believes again. */
import { expect } from 'vitest';
import type { Lock } from '../lock-port.ts';
import { withLock } from '../with-lock.ts';
import { breakLease, clockOf, endOf, leaseLost, refusalOf, type Setting } from './setting.ts';
import type { Scene } from './side-by-side.ts';

export const lossScenes: readonly Scene[] = [
  {
    title: 'who is broken is told, and is not the holder any more whatever comes later',
    needs: ['breakable'],
    async play(setting, name) {
      const { other, ttl } = setting;
      const lock = await ownConnection(setting);
      const lease = await lock.acquire(name, { ttl });
      await breakLease(setting, name);
      expect(await endOf(setting, lease)).toMatchObject({ code: 'LEASE_LOST' });
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      await clockOf(setting).sleep(ttl / 2);
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      const next = await other.acquire(name, { wait: '2m' });
      expect(next.token).toBeGreaterThan(lease.token);
    },
  },
  {
    title: 'who is broken is told also when somebody else has the name, and cannot take it away',
    needs: ['breakable'],
    async play(setting, name) {
      const { lock, lease, next } = await succeeded(setting, name);
      expect(next.token).toBeGreaterThan(lease.token);
      expect(await endOf(setting, lease)).toMatchObject({ code: 'LEASE_LOST' });
      await lease.release();
      await lease[Symbol.asyncDispose]();
      next.assertHeld();
      expect(await lock.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'who is broken and releases before it is told takes nothing from the next one',
    needs: ['breakable'],
    async play(setting, name) {
      const { lock, lease, next } = await succeeded(setting, name);
      await lease.release();
      next.assertHeld();
      expect(await lock.tryAcquire(name)).toBeUndefined();
    },
  },
  {
    title: 'one of several that is broken ends them all',
    needs: ['breakable'],
    async play(setting, name) {
      const { other, ttl } = setting;
      const lock = await ownConnection(setting);
      const group = await lock.acquireAll([`${name}-a`, `${name}-b`], { ttl });
      const [first, second] = group.leases;
      await breakLease(setting, second.name);
      expect(await endOf(setting, second)).toMatchObject({ code: 'LEASE_LOST' });
      expect(group.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      expect(() => group.assertHeld()).toThrow(leaseLost);
      await group.release();
      expect(first.signal.aborted).toBe(true);
      (await other.acquireAll([first.name, second.name], { wait: '2m' })).assertHeld();
    },
  },
  {
    title: 'a function whose lease is broken has no result',
    needs: ['breakable'],
    async play(setting, name) {
      const { ttl } = setting;
      const lock = await ownConnection(setting);
      const work = withLock(
        lock,
        name,
        async (lease) => {
          await breakLease(setting, name);
          await endOf(setting, lease);
          return 'done';
        },
        { ttl },
      );
      expect(await refusalOf(work)).toMatchObject({ code: 'LEASE_LOST' });
    },
  },
];

/** A holder that is broken, and somebody else who has the name before it is told. */
async function succeeded(setting: Setting, name: string) {
  const lock = await ownConnection(setting);
  const lease = await lock.acquire(name, { ttl: setting.ttl });
  await breakLease(setting, name);
  const next = await setting.other.acquire(name, { wait: '2m' });
  return { lock, lease, next };
}

/** Where leases are tied to connections, an operator takes away all that one connection has. */
function ownConnection({ place }: Setting): Promise<Lock> {
  return place.connect();
}
