/** Who creates is waited for while it is alive; one that has died is taken over from. */
import { describe, expect, it } from 'vitest';
import {
  type CreateOnceSetting,
  type Customer,
  makeNothing,
  once,
  Registry,
  SlowMake,
} from './create-once-setting.ts';
import { clockOf, refusalOf } from './setting.ts';

export function takeoverCases(setting: CreateOnceSetting): void {
  describe('who creates', () => {
    it('and dies is taken over from after its ttl, with the same idempotency key', async () => {
      const { store, other, ttl } = setting;
      const clock = clockOf(setting);
      await store.create('order-17', { ...ofTheDead, ttl });
      const registry = new Registry();
      const since = clock.monotonic();
      const made = await Promise.all(
        [other, store].map((each) => once(setting, each, 'order-17', registry.make)),
      );
      // A timer of Node's may be early by less than a millisecond.
      expect(clock.monotonic() - since, 'not before').toBeGreaterThan(ttl - 1);
      expect(registry.asked).toEqual([ofTheDead.idempotencyKey]);
      expect(made).toEqual([made[0], made[0]]);
    });

    it('for long is waited for while it is alive', async () => {
      const { store, other, roomyTtl: ttl } = setting;
      const slow = new SlowMake();
      const creating = once(setting, store, 'order-17', slow.make, { ttl });
      const signal = await slow.begun;
      const waiting = once(setting, other, 'order-17', makeNothing);
      await clockOf(setting).sleep(ttl * 1.3);
      expect(signal.aborted).toBe(false);
      slow.finish({ id: 3, name: 'Slow' });
      expect(await Promise.all([creating, waiting])).toEqual([
        { id: 3, name: 'Slow' },
        { id: 3, name: 'Slow' },
      ]);
    });

    it('is waited for no longer than the caller wants, and it is told who that is', async () => {
      const { store, other } = setting;
      await store.create('order-17', { ...ofTheDead, ttl: 600_000 });
      const since = clockOf(setting).monotonic();
      const error = await refusalOf(once(setting, other, 'order-17', makeNothing, { wait: 150 }));
      const passed = clockOf(setting).monotonic() - since;
      expect(error).toMatchObject({
        ...{ code: 'CREATE_ONCE_TIMEOUT', key: 'order-17', heldBy: ofTheDead.owner },
        service: other.name,
      });
      const { waited } = error as { waited: number };
      expect(waited).toBeGreaterThanOrEqual(149);
      expect(waited).toBeLessThanOrEqual(passed);
    });

    it('while somebody else has finished gets what that one made, and overwrites nothing', async () => {
      const { store, other } = setting;
      const slow = new SlowMake();
      const creating = once(setting, store, 'order-17', slow.make);
      await slow.begun;
      await finish(other, { id: 8, name: 'First' });
      slow.finish({ id: 9, name: 'Second' });
      expect(await creating).toEqual({ id: 8, name: 'First' });
      expect(await once(setting, other, 'order-17', makeNothing)).toMatchObject({ id: 8 });
    });

    it('while somebody else has taken over is told, and gets what that one makes', async () => {
      const { store, other, ttl } = setting;
      const slow = new SlowMake();
      const creating = once(setting, store, 'order-17', slow.make, { ttl });
      const signal = await slow.begun;
      const { idempotencyKey, claim } = await claimOf(other);
      await other.replace('order-17', { ...ofTheDead, idempotencyKey, ttl: 600_000 }, claim);
      // Somebody has to keep a virtual clock going meanwhile: renewals do not.
      const clock = clockOf(setting);
      for (let look = 0; look < 200 && !signal.aborted; look++) await clock.sleep(ttl / 20);
      expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      slow.finish({ id: 9, name: 'Second' });
      await clock.sleep(ttl / 20);
      await finish(other, { id: 8, name: 'First' });
      expect(await creating).toEqual({ id: 8, name: 'First' });
    });
  });
}

/** A claim of a process that is not there any more. */
const ofTheDead = {
  state: 'claimed',
  idempotencyKey: 'of-the-first-try',
  owner: 'web-9:1:dead',
  renewals: 0,
} as const;

async function claimOf(store: CreateOnceSetting['store']) {
  const claim = await store.read('order-17');
  if (claim === undefined) throw new Error('Nobody is creating it.');
  return { claim, idempotencyKey: claim.value.idempotencyKey };
}

/** As who has taken over and made it. */
async function finish(store: CreateOnceSetting['store'], value: Customer): Promise<void> {
  const { claim, idempotencyKey } = await claimOf(store);
  await store.replace('order-17', { state: 'created', idempotencyKey, value }, claim);
}
