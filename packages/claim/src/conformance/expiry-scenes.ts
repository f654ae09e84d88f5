/** A holder that is alive keeps its lease; that of one that is not heard of ends, and its holder knows it first. */
import { expect } from 'vitest';
import type { Pool, ResourceLease } from '../pool-port.ts';
import type { PoolStore } from '../pool-store.ts';
import { ask, giveBack, put, renew, take } from './requests.ts';
import {
  clockOf,
  faulty,
  leaseLost,
  poolOf,
  refusalOf,
  type Setting,
  startWaiting,
} from './setting.ts';
import type { Scene } from './side-by-side.ts';

export const expiryScenes: readonly Scene[] = [
  {
    title: 'who works for long keeps the resource far beyond its ttl, with the same token',
    needs: [],
    async play(setting, name) {
      const { store, other, roomyTtl: ttl } = setting;
      const clock = clockOf(setting);
      const lease = await poolOf(setting, store, ['E5-001'], { name }).claim({
        mode: 'lease',
        ttl,
      });
      const { token, expiresAt } = lease;
      const second = poolOf(setting, other, [], { name });
      for (let look = 0; look < 3; look++) {
        await clock.sleep(ttl * 0.4);
        lease.assertHeld();
        expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
      }
      expect(lease.token).toBe(token);
      expect(lease.expiresAt).toBeGreaterThan(expiresAt + ttl / 4);
      expect(lease.signal.aborted).toBe(false);
      await lease.release();
      expect((await second.claim({ mode: 'lease' })).token).toBeGreaterThan(token);
    },
  },
  {
    title: 'what is assigned stays so, however long nothing is heard of its operation',
    needs: [],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      const pool = poolOf(setting, store, ['E5-001'], { name, ttl });
      const { token } = await pool.claim({ mode: 'assign', once: 'hire-1' });
      await pool.close();
      const second = poolOf(setting, other, [], { name });
      const waiting = second.claim({ mode: 'lease', wait: ttl * 2 });
      expect(await refusalOf(waiting)).toMatchObject({ code: 'POOL_EMPTY' });
      expect(await second.claim({ mode: 'assign', once: 'hire-1' })).toMatchObject({ token });
    },
  },
  {
    title:
      'who is cut off loses the resource, knows it before anybody else has it, and never gets it back',
    needs: ['faults'],
    async play(setting, name) {
      const { ttl, other } = setting;
      const clock = clockOf(setting);
      const { store, cut, heal } = await faulty(setting);
      const pool = poolOf(setting, store, ['E5-001'], { name });
      await pool.inspect();
      const since = clock.monotonic();
      const lease = await pool.claim({ mode: 'lease', ttl, wait: '1m' });
      const { claimed } = await startWaiting(setting, waitLong, { name });
      cut();
      const next = await claimed;
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      // A timer of Node's may be early by less than a millisecond.
      expect(clock.monotonic() - since, 'not before its ttl').toBeGreaterThan(ttl - 1);
      expect(next.token).toBeGreaterThan(lease.token);
      heal();
      await lease.release();
      await clock.sleep(ttl);
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      next.assertHeld();
      expect(
        await poolOf(setting, other, [], { name }).tryClaim({ mode: 'lease' }),
      ).toBeUndefined();
    },
  },
  {
    title:
      'who gets no replies any more loses the resource, and knows it before anybody else has it',
    needs: ['faults'],
    async play(setting, name) {
      const { store, stall, heal } = await faulty(setting);
      const pool = poolOf(setting, store, ['E5-001'], { name });
      const lease = await pool.claim({ mode: 'lease', ttl: setting.ttl, wait: '1m' });
      const { claimed } = await startWaiting(setting, waitLong, { name });
      stall();
      const next = await claimed;
      expect(() => lease.assertHeld()).toThrow(leaseLost);
      heal();
      await lease.release();
      next.assertHeld();
      expect(next.token).toBeGreaterThan(lease.token);
    },
  },
  {
    title: 'who is cut off for a short time keeps the resource',
    needs: ['faults'],
    async play(setting, name) {
      const { other, roomyTtl: ttl } = setting;
      const clock = clockOf(setting);
      const { store, cut, heal } = await faulty(setting);
      const lease = await poolOf(setting, store, ['E5-001'], { name }).claim({
        mode: 'lease',
        ttl,
      });
      cut();
      await clock.sleep(ttl * 0.4);
      heal();
      await clock.sleep(ttl * 0.8);
      lease.assertHeld();
      const second = poolOf(setting, other, [], { name });
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
      await lease.release();
      (await second.claim({ mode: 'lease' })).assertHeld();
    },
  },
  {
    title: 'a renewal whose reply is lost is made again',
    needs: ['faults'],
    async play(setting, name) {
      const { other, roomyTtl: ttl } = setting;
      const { store, loseReply } = await faulty(setting);
      const lease = await poolOf(setting, store, ['E5-001'], { name }).claim({
        mode: 'lease',
        ttl,
      });
      loseReply();
      await clockOf(setting).sleep(ttl * 1.2);
      lease.assertHeld();
      const second = poolOf(setting, other, [], { name });
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
    },
  },
  {
    title: 'a request that is not answered ends by itself',
    needs: ['faults'],
    async play(setting, name) {
      const { store, stall, heal } = await faulty(setting);
      await put(store, ['E5-001'], name);
      stall();
      const refusals = await Promise.all([
        refusalOf(take(store, { pool: name, owner: 'ann' })),
        refusalOf(put(store, ['E5-002'], name)),
        refusalOf(giveBack(store, { pool: name, owner: 'bob' })),
      ]);
      for (const error of refusals) expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      heal();
    },
  },
  {
    title: 'what expires is one of several, and the others stay with their holders',
    needs: [],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      await put(store, ['a', 'b', 'c'], name);
      const first = await take(store, { pool: name, owner: 'ann' });
      await take(store, { pool: name, owner: 'eve', ttl: Number.POSITIVE_INFINITY });
      const dying = await take(store, { pool: name, owner: 'bob', ttl });
      const next = await untilGranted(setting, other, { pool: name, owner: 'joe' });
      expect(next.id).toBe(dying.id);
      expect(next.token).toBeGreaterThan(dying.token);
      expect(await take(other, { pool: name, owner: 'ann' })).toMatchObject({ token: first.token });
    },
  },
  {
    title: 'who asks again for what it has, has it for another ttl',
    needs: [],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      const clock = clockOf(setting);
      await put(store, ['E5-001'], name);
      await take(store, { pool: name, owner: 'ann', ttl });
      const { token } = await take(other, { pool: name, owner: 'ann', ttl: 600_000 });
      const until = clock.monotonic() + ttl * 1.5;
      while (clock.monotonic() < until) {
        expect(await ask(other, { pool: name, owner: 'bob' })).toMatchObject({ granted: false });
        await clock.sleep(ttl / 5);
      }
      expect(await take(store, { pool: name, owner: 'ann' })).toMatchObject({ token });
    },
  },
  {
    title: 'who renews late changes nothing for who has the resource by then',
    needs: [],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      const late = { pool: name, owner: 'ann' };
      await put(store, ['E5-001'], name);
      await take(store, { ...late, ttl });
      const { token } = await untilGranted(setting, other, { pool: name, owner: 'bob' });
      expect(await renew(store, late)).toBe(false);
      expect(await giveBack(store, late)).toBe(false);
      expect(await giveBack(store, { ...late, forGood: true })).toBe(false);
      expect(await ask(store, { pool: name, owner: 'eve' })).toMatchObject({ granted: false });
      expect(await renew(other, { pool: name, owner: 'bob' })).toBe(true);
      expect(await take(other, { pool: name, owner: 'bob' })).toMatchObject({ token });
    },
  },
  {
    title: 'what was withdrawn while it was leased is not handed out when its holder dies',
    needs: [],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      await put(store, ['a', 'b'], name);
      await take(store, { pool: name, owner: 'ann', ttl });
      await take(store, { pool: name, owner: 'bob', ttl });
      await other.withdraw(name, ['a'], {});
      expect((await untilGranted(setting, other, { pool: name, owner: 'eve' })).id).toBe('b');
      expect(await ask(other, { pool: name, owner: 'joe' })).toMatchObject({ granted: false });
    },
  },
  {
    title: 'a place in the line that nothing is heard of is lost',
    needs: ['fifo'],
    async play(setting, name) {
      const { store, other, ttl } = setting;
      const clock = clockOf(setting);
      await put(store, ['E5-001'], name);
      await take(store, { pool: name, owner: 'ann' });
      const since = clock.monotonic();
      expect(await ask(store, { pool: name, owner: 'dead', place: ttl })).toMatchObject({
        granted: false,
      });
      await giveBack(store, { pool: name, owner: 'ann' });
      const early = await ask(other, { pool: name, owner: 'bob', place: 600_000 });
      // Unless the machine is so busy that its time is over.
      if (clock.monotonic() - since < ttl) expect(early.granted, 'to who comes later').toBe(false);
      const next = await untilGranted(setting, other, { pool: name, owner: 'bob', place: 600_000 });
      expect(clock.monotonic() - since, 'not before').toBeGreaterThan(ttl - 1);
      expect(next.id).toBe('E5-001');
    },
  },
];

function waitLong(pool: Pool<string>): Promise<ResourceLease<string>> {
  return pool.claim({ mode: 'lease', wait: '2m' });
}

/** Asks again and again, as who waits does. */
async function untilGranted(
  setting: Setting,
  store: PoolStore,
  request: { readonly pool: string; readonly owner: string; readonly place?: number },
) {
  const clock = clockOf(setting);
  const until = clock.monotonic() + setting.ttl * 20;
  for (;;) {
    const reply = await ask(store, request);
    if (reply.granted) return reply;
    if (clock.monotonic() > until) throw new Error('What has expired is not handed out.');
    await clock.sleep(setting.ttl / 10);
  }
}
