/** What the algorithm counts on: requests can be repeated, and touch only what their owner has. */
import { describe, expect, it } from 'vitest';
import { ask, giveBack, put, renew, take } from './requests.ts';
import { eachOf, licences, type Setting, storesOf } from './setting.ts';

/** Stores remember so many that were released for good. */
const remembered = 1_000;

export function requestCases(setting: Setting): void {
  describe('a store', () => {
    it('has a name, and says whether it keeps a line', () => {
      const { store, capabilities } = setting;
      expect(store.name).toMatch(/\S/);
      expect(store.queues).toBe(capabilities.fifo);
    });

    it('hands out what was added, as it was added', async () => {
      const { store, other } = setting;
      const resources = [{ id: 'E5-001', value: '{"id":"E5-001","seats":[1,2]}' }];
      await store.add({ pool: 'licences', resources, again: true }, {});
      expect(await take(other, { owner: 'ann' })).toMatchObject(resources[0] ?? {});
    });

    it.each([
      ['a time', 600_000],
      ['good', Number.POSITIVE_INFINITY],
    ] as const)('gives an owner the same again, which it has for %s', async (_, ttl) => {
      const { store, other } = setting;
      await put(store, licences(3));
      await take(store, { owner: 'bob' });
      const first = await take(store, { owner: 'ann', ttl });
      for (const asked of [store, other]) {
        const { id, token } = await take(asked, { owner: 'ann', ttl });
        expect({ id, token }).toEqual({ id: first.id, token: first.token });
      }
      expect((await take(other, { owner: 'eve', ttl })).id).toBe('E5-003');
    });

    it('gives one owner one resource, when it asks for it at the same time from everywhere', async () => {
      const { store } = setting;
      const stores = [store, ...(await storesOf(setting, 3))];
      await put(store, licences(20));
      for (let round = 0; round < 4; round++) {
        const owner = `ann-${round}`;
        const claims = await Promise.all(eachOf(stores, 8, (each) => take(each, { owner })));
        expect(new Set(claims.map(({ id, token }) => `${id} ${token}`)).size).toBe(1);
      }
    });

    it('renews what an owner has, and nothing else', async () => {
      const { store, other } = setting;
      await put(store, licences(2));
      await take(store, { owner: 'ann' });
      expect(await renew(other, { owner: 'ann' })).toBe(true);
      expect(await renew(store, { owner: 'bob' })).toBe(false);
      expect(await renew(store, { owner: 'ann', pool: 'another' })).toBe(false);
      await giveBack(store, { owner: 'ann' });
      expect(await renew(store, { owner: 'ann' })).toBe(false);
      await take(store, { owner: 'bob' });
      expect(await renew(store, { owner: 'ann' })).toBe(false);
    });

    it('takes back what an owner has, and nothing else', async () => {
      const { store, other } = setting;
      await put(store, licences(2));
      await take(store, { owner: 'ann' });
      await take(store, { owner: 'bob' });
      expect(await giveBack(other, { owner: 'eve' })).toBe(false);
      expect(await giveBack(other, { owner: 'ann', pool: 'another' })).toBe(false);
      expect(await giveBack(other, { owner: 'ann' })).toBe(true);
      expect(await giveBack(other, { owner: 'ann' }), 'again').toBe(false);
      expect((await take(other, { owner: 'eve' })).id).toBe('E5-001');
      expect(await giveBack(other, { owner: 'ann' }), 'which somebody else has now').toBe(false);
      expect(await ask(store, { owner: 'joe' })).toMatchObject({ granted: false });
    });

    it('takes back a place in the line, which is no resource', async () => {
      const { store, other } = setting;
      await put(store, ['E5-001']);
      await take(store, { owner: 'ann' });
      for (const owner of ['bob', 'eve']) {
        expect(await ask(other, { owner, place: 600_000 })).toMatchObject({ granted: false });
      }
      expect(await giveBack(other, { owner: 'bob' })).toBe(false);
      await other.leaveLine?.({ pool: 'licences', owner: 'eve' }, {});
      await giveBack(store, { owner: 'ann' });
      await take(store, { owner: 'joe' });
    });

    it('takes no resource from who only leaves the line', async () => {
      const { store, other } = setting;
      await put(store, ['E5-001']);
      await take(store, { owner: 'ann', place: 600_000 });
      await other.leaveLine?.({ pool: 'licences', owner: 'ann' }, {});
      expect(await renew(store, { owner: 'ann' })).toBe(true);
    });

    it('gives something again to who was released, but not for good', async () => {
      const { store } = setting;
      await put(store, ['E5-001']);
      const { token } = await take(store, { owner: 'ann' });
      await giveBack(store, { owner: 'ann' });
      expect((await take(store, { owner: 'ann' })).token).toBeGreaterThan(token);
    });

    it('tells who was released for good, in this pool, whatever it had', async () => {
      const { store, other } = setting;
      await put(store, licences(3));
      await put(store, licences(3), 'another');
      await take(store, { owner: 'ann' });
      await ask(store, { owner: 'bob', place: 600_000 });
      for (const owner of ['ann', 'bob', 'eve']) {
        expect(await giveBack(other, { owner, forGood: true })).toBe(owner !== 'eve');
        for (const place of [undefined, 600_000]) {
          const reply = await ask(store, { owner, place });
          expect(reply).toEqual({ granted: false, retired: true });
        }
        expect(await renew(store, { owner })).toBe(false);
        expect(await giveBack(store, { owner, forGood: true }), 'again').toBe(false);
        await take(store, { owner, pool: 'another' });
      }
      expect((await take(store, { owner: 'joe' })).id, 'and nobody is in the way').toBe('E5-001');
    });

    it(`remembers the last ${remembered} that were released for good`, async () => {
      const { store, other } = setting;
      await put(store, licences(2));
      await giveBack(store, { owner: 'hire-0', forGood: true });
      let released = 1;
      const releaseOthers = async () => {
        while (released < remembered) {
          await giveBack(store, { owner: `hire-${released++}`, forGood: true });
        }
      };
      await Promise.all(Array.from({ length: 25 }, releaseOthers));
      for (const owner of ['hire-0', 'hire-1', `hire-${remembered - 1}`]) {
        expect(await ask(other, { owner }), owner).toEqual({ granted: false, retired: true });
      }
    }, 60_000);
  });
}
