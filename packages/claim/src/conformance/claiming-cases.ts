/** A resource has one holder at a time, whoever asks from wherever, and those who get none are told so. */
import { describe, expect, it } from 'vitest';
import { eachOf, licences, poolOf, poolsOf, type Setting } from './setting.ts';

export function claimingCases(setting: Setting): void {
  describe('a claim', () => {
    it('is given what was added first', async () => {
      const pool = poolOf(setting, setting.store, ['b', 'a', 'c']);
      for (const resource of ['b', 'a', 'c']) {
        const claimed = await pool.claim({ mode: 'assign', once: `hire-${resource}` });
        expect(claimed.resource).toBe(resource);
      }
    });

    it('is told when there is nothing', async () => {
      const { store, other } = setting;
      await poolOf(setting, store, ['E5-001']).claim({ mode: 'assign', once: 'hire-1' });
      const pool = poolOf(setting, other);
      await expect(pool.claim({ mode: 'assign', once: 'hire-2' })).rejects.toMatchObject({
        ...{ code: 'POOL_EMPTY', pool: 'licences', service: other.name, waited: 0 },
      });
      await expect(pool.claim({ mode: 'lease' })).rejects.toMatchObject({ code: 'POOL_EMPTY' });
      expect(await pool.tryClaim({ mode: 'assign', once: 'hire-3' })).toBeUndefined();
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('of a pool that nobody has added to is told the same', async () => {
      const pool = poolOf(setting, setting.store);
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
      await expect(pool.claim({ mode: 'assign', once: 'hire-1' })).rejects.toMatchObject({
        code: 'POOL_EMPTY',
      });
    });

    it.each(['assign', 'lease'] as const)(
      'to %s is one of many, from several stores, and each resource has one holder',
      async (mode) => {
        const resources = licences(7);
        const pools = await poolsOf(setting, 4, resources);
        const claims = eachOf(
          pools,
          20,
          (pool, n): Promise<{ resource: string } | undefined> =>
            mode === 'lease' ? pool.tryClaim({ mode }) : pool.tryClaim({ mode, once: `hire-${n}` }),
        );
        const claimed = await Promise.all(claims);
        const given = claimed.flatMap((each) => each?.resource ?? []);
        expect(given.sort()).toEqual(resources);
      },
    );

    it('is given what was released, with a greater token', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      let last = 0n;
      for (let round = 0; round < 3; round++) {
        const assigned = await first.claim({ mode: 'assign', once: `hire-${round}` });
        expect(assigned.token).toBeGreaterThan(last);
        await second.release(`hire-${round}`);
        const lease = await second.claim({ mode: 'lease' });
        expect(lease.token).toBeGreaterThan(assigned.token);
        await lease.release();
        last = lease.token;
      }
    });

    it('is given the first of those that were released', async () => {
      const pool = poolOf(setting, setting.store, ['a', 'b', 'c']);
      const leases = [];
      for (let n = 0; n < 3; n++) leases.push(await pool.claim({ mode: 'lease' }));
      await leases[2]?.release();
      await leases[1]?.release();
      expect((await pool.claim({ mode: 'lease' })).resource).toBe('b');
      expect((await pool.claim({ mode: 'lease' })).resource).toBe('c');
    });
  });
}
