/** Resources come and go while the pool is in use, and whoever has one keeps it. */
import { describe, expect, it } from 'vitest';
import type { AddRequest } from '../pool-store.ts';
import { giveBack, put, renew, take } from './requests.ts';
import { clockOf, eachOf, licences, poolOf, poolsOf, type Setting } from './setting.ts';

const values: readonly (readonly [what: string, value: unknown])[] = [
  [
    'texts, numbers and lists',
    { seats: [0, -1.5, 1e300, 2 ** 53 - 1], text: '', no: null, yes: true },
  ],
  ['what looks like a command', { text: `'"\\;--$1 %s {0} \`</script>`, __typename: 'null' }],
  ['control characters', { text: '\u0000\u0001\b\n\r\t\u001f\u007f\u2028' }],
  ['other scripts', { text: '価格 цена السعر 😀 👩\u200d🚀 e\u0301 \u{10ffff}', 'ключ 😀': 1 }],
  ['100,000 characters', { text: '€'.repeat(100_000) }],
];

export function resourceCases(setting: Setting): void {
  describe('the resources of a pool', () => {
    it.each(values)('come back as they are, with %s', async (_, value) => {
      const { store, other } = setting;
      const resource = { id: 'E5-001', ...(value as object) };
      const pool = poolOf(setting, store, [resource]);
      expect((await pool.claim({ mode: 'assign', once: 'hire-1' })).resource).toEqual(resource);
      expect((await poolOf(setting, other).inspect())[0]?.resource).toEqual(resource);
    });

    it('are added once, however many machines are made with them', async () => {
      const pools = await poolsOf(setting, 4, licences(5));
      const lists = await Promise.all(pools.map((pool) => pool.inspect()));
      for (const list of lists) {
        expect(list.map(({ resource }) => resource)).toEqual(licences(5));
      }
    });

    it('stay as they are when a pool is made with others of their ids', async () => {
      const { store, other } = setting;
      const pool = poolOf(setting, store, [
        { id: 'a', v: 1 },
        { id: 'b', v: 1 },
      ]);
      const lease = await pool.claim({ mode: 'lease' });
      await pool.withdraw(['b']);
      const second = poolOf(setting, other, [
        { id: 'b', v: 2 },
        { id: 'c', v: 2 },
        { id: 'a', v: 2 },
      ]);
      const entries = await second.inspect();
      expect(entries.map(({ resource }) => resource)).toEqual([
        { id: 'a', v: 1 },
        { id: 'c', v: 2 },
      ]);
      expect((await second.claim({ mode: 'lease' })).resource).toEqual({ id: 'c', v: 2 });
      lease.assertHeld();
    });

    it('are added in their order, behind those that are there', async () => {
      const { store, other } = setting;
      const pool = poolOf(setting, store, ['m']);
      await pool.inspect();
      await poolOf(setting, other).add(['z', 'a', 'm', 'k']);
      await poolOf(setting, other).add([]);
      const entries = await pool.inspect();
      expect(entries.map(({ resource }) => resource)).toEqual(['m', 'z', 'a', 'k']);
      for (const resource of ['m', 'z', 'a', 'k']) {
        expect((await pool.claim({ mode: 'lease' })).resource).toBe(resource);
      }
    });

    it('are what they were added as last, also that which somebody has', async () => {
      const { store, other } = setting;
      const pool = poolOf(setting, store, [
        { id: 'a', v: 1 },
        { id: 'b', v: 1 },
      ]);
      const { token } = await pool.claim({ mode: 'assign', once: 'hire-1' });
      await poolOf<{ id: string; v: number }>(setting, other).add([
        { id: 'a', v: 2 },
        { id: 'b', v: 2 },
      ]);
      const again = await pool.claim({ mode: 'assign', once: 'hire-1' });
      expect(again).toMatchObject({ resource: { id: 'a', v: 2 }, token });
      expect((await pool.claim({ mode: 'lease' })).resource).toEqual({ id: 'b', v: 2 });
    });

    it('that are withdrawn are handed out no more, and gone when nobody has them', async () => {
      const { store, other } = setting;
      const [pool, second] = [poolOf(setting, store, licences(3)), poolOf(setting, other)];
      const lease = await pool.claim({ mode: 'lease' });
      await pool.claim({ mode: 'assign', once: 'hire-1' });
      await second.withdraw([...licences(3), 'unknown']);
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
      const entries = await pool.inspect();
      expect(entries.map(({ resource, withdrawn }) => [resource, withdrawn])).toEqual([
        ['E5-001', true],
        ['E5-002', true],
      ]);
      expect(await pool.claim({ mode: 'assign', once: 'hire-1' })).toMatchObject({
        resource: 'E5-002',
      });
      lease.assertHeld();
      await lease.release();
      expect(await pool.inspect()).toHaveLength(1);
      await pool.release('hire-1');
      expect(await second.inspect()).toEqual([]);
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('that are withdrawn stay their holder’s, who renews them as before', async () => {
      const { store, other } = setting;
      await put(store, ['E5-001']);
      const { token } = await take(store, { owner: 'ann' });
      await other.withdraw('licences', ['E5-001'], {});
      expect(await renew(store, { owner: 'ann' })).toBe(true);
      expect(await take(other, { owner: 'ann' })).toMatchObject({ id: 'E5-001', token });
    });

    it('that were withdrawn stay so until they are added, whoever is made with them', async () => {
      const { store, other } = setting;
      await poolOf(setting, store, licences(2)).withdraw(['E5-001']);
      const second = poolOf(setting, other, licences(2));
      expect(await second.inspect()).toHaveLength(1);
      expect((await second.claim({ mode: 'lease' })).resource).toBe('E5-002');
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
      await second.add(['E5-001']);
      expect((await second.claim({ mode: 'lease' })).resource).toBe('E5-001');
    });

    it('that are withdrawn before they were ever handed out are not handed out', async () => {
      const pool = poolOf(setting, setting.store, licences(2));
      await pool.withdraw(['E5-001', 'E5-002']);
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
      expect(await pool.inspect()).toEqual([]);
    });

    it('come back to who has them when they are added while somebody does', async () => {
      const { store, other } = setting;
      const [pool, second] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      const lease = await pool.claim({ mode: 'lease' });
      await second.withdraw(['E5-001']);
      await second.add(['E5-001']);
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
      expect(await second.inspect()).toMatchObject([
        { withdrawn: false, claim: { mode: 'lease' } },
      ]);
      await lease.release();
      expect((await second.claim({ mode: 'lease' })).token).toBeGreaterThan(lease.token);
    });

    it('are there once when many add them at the same time', async () => {
      const { store, other, place } = setting;
      const stores = [store, other, await place.connect()];
      const resources = licences(10).map((id) => ({ id, value: JSON.stringify(id) }));
      const adds = eachOf(stores, 12, (each, n) => {
        const request: AddRequest = { pool: 'licences', resources, again: n % 2 === 0 };
        return each.add(request, {});
      });
      await Promise.all(adds);
      const states = await store.inspect('licences', {});
      expect(states.map(({ id }) => id)).toEqual(licences(10));
    });
  });

  describe('very many resources', () => {
    it('are added, handed out and withdrawn as few are', async () => {
      const { store, other } = setting;
      const many = licences(1_200);
      await put(store, many);
      expect((await other.inspect('licences', {})).map(({ id }) => id)).toEqual(many);
      expect((await take(other, { owner: 'ann' })).id).toBe(many[0]);
      await put(other, many);
      await store.withdraw('licences', many.slice(0, -1), {});
      const states = await other.inspect('licences', {});
      expect(states.map(({ id, withdrawn }) => [id, withdrawn])).toEqual([
        [many[0], true],
        [many.at(-1), false],
      ]);
    });
  });

  describe('who inspects a pool', () => {
    it('sees who has which, and since when', async () => {
      const { store, other } = setting;
      const clock = clockOf(setting);
      const pool = poolOf(setting, store, licences(4));
      const before = clock.now();
      const assigned = await pool.claim({ mode: 'assign', once: 'hire-1' });
      const lease = await pool.claim({ mode: 'lease', ttl: '2m' });
      await (await pool.claim({ mode: 'lease' })).release();
      const [first, second, ...rest] = await poolOf(setting, other).inspect();
      expect(first).toEqual({
        resource: 'E5-001',
        withdrawn: false,
        claim: {
          ...{ mode: 'assign', by: 'hire-1', token: assigned.token },
          claimedAt: expect.any(Date),
          expiresIn: Number.POSITIVE_INFINITY,
        },
      });
      expect(second?.claim).toMatchObject({ mode: 'lease', by: lease.owner, token: lease.token });
      expect(second?.claim?.expiresIn).toBeGreaterThan(60_000);
      expect(second?.claim?.expiresIn).toBeLessThanOrEqual(120_000);
      // The service may have another clock.
      const off = Math.abs((first?.claim?.claimedAt.getTime() ?? 0) - before);
      expect(off).toBeLessThan(3_600_000);
      expect(rest.map(({ claim }) => claim)).toEqual([undefined, undefined]);
    });

    it('sees nothing in a pool that nobody has added to', async () => {
      expect(await poolOf(setting, setting.store).inspect()).toEqual([]);
    });

    it('sees it as of one moment, while others claim and give back', async () => {
      const { store, other, place } = setting;
      const third = await place.connect();
      await put(store, licences(3));
      await take(other, { owner: '0' });
      let isOver = false;
      // Each claims before the one before it gives back: so there is one of them, or that and the next one.
      const walk = async () => {
        for (let step = 1; step < 30; step++) {
          await take(other, { owner: `${step}` });
          await giveBack(other, { owner: `${step - 1}` });
        }
        isOver = true;
      };
      const walking = walk();
      while (!isOver) {
        const states = await third.inspect('licences', {});
        expect(states.map(({ id }) => id)).toEqual(licences(3));
        const steps = states.flatMap(({ claim }) => (claim ? Number(claim.owner) : []));
        expect(steps).not.toEqual([]);
        expect(Math.max(...steps) - Math.min(...steps), `${steps}`).toBeLessThan(2);
        // A store that answers at once leaves no turn to the others.
        await clockOf(setting).sleep(1);
      }
      await walking;
    });
  });
}
