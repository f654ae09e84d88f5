/** An operation has one resource however often it asks, until it is released, and never one afterwards. */
import { describe, expect, it } from 'vitest';
import { eachOf, licences, poolOf, poolsOf, refusalOf, type Setting } from './setting.ts';

export function operationCases(setting: Setting): void {
  describe('an operation', () => {
    it('is given the same again, by whatever store', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, licences(3)), poolOf(setting, other)];
      await first.claim({ mode: 'lease' });
      const claimed = await first.claim({ mode: 'assign', once: 'hire-1' });
      for (const pool of [first, second]) {
        const again = await pool.claim({ mode: 'assign', once: 'hire-1' });
        expect(again).toMatchObject({ resource: 'E5-002', once: 'hire-1', token: claimed.token });
      }
    });

    it('has one resource when it asks many times at once, from several stores', async () => {
      const pools = await poolsOf(setting, 4, licences(30));
      const claims = eachOf(pools, 24, (pool, n) =>
        pool.claim({ mode: 'assign', once: `hire-${n % 2}` }),
      );
      const claimed = await Promise.all(claims);
      for (const parity of [0, 1]) {
        const own = claimed.filter((_, n) => n % 2 === parity);
        expect(new Set(own.map(({ resource }) => resource)).size, 'resources').toBe(1);
        expect(new Set(own.map(({ token }) => token)).size, 'tokens').toBe(1);
      }
      const entries = await pools[0]?.inspect();
      expect(entries?.filter(({ claim }) => claim !== undefined)).toHaveLength(2);
    });

    it('gives back what it has, by its id, from whatever store', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      await first.claim({ mode: 'assign', once: 'hire-1' });
      expect(await second.release('hire-2'), 'that of another').toBe(false);
      expect(await second.tryClaim({ mode: 'lease' })).toBeUndefined();
      expect(await second.release('hire-1')).toBe(true);
      expect(await second.tryClaim({ mode: 'lease' })).toMatchObject({ resource: 'E5-001' });
      expect(await first.release('hire-1'), 'again').toBe(false);
    });

    it('that was released is given nothing any more', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, licences(3)), poolOf(setting, other)];
      await first.claim({ mode: 'assign', once: 'hire-1' });
      await first.release('hire-1');
      for (const wait of [0, '1m'] as const) {
        const late = second.claim({ mode: 'assign', once: 'hire-1', wait });
        await expect(late).rejects.toMatchObject({
          ...{ code: 'CLAIM_RETIRED', pool: 'licences', once: 'hire-1', service: other.name },
        });
      }
      expect(await first.tryClaim({ mode: 'assign', once: 'hire-2' })).toBeDefined();
    });

    it('that was released before it had anything is given nothing either', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, licences(3)), poolOf(setting, other)];
      expect(await first.release('hire-1')).toBe(false);
      const late = second.tryClaim({ mode: 'assign', once: 'hire-1' });
      await expect(late).rejects.toMatchObject({ code: 'CLAIM_RETIRED' });
      const entries = await first.inspect();
      expect(entries.every(({ claim }) => claim === undefined)).toBe(true);
    });

    it('that is released while it claims has nothing in the end', async () => {
      const pools = await poolsOf(setting, 3, licences(3));
      for (let round = 0; round < 5; round++) {
        const once = `hire-${round}`;
        const calls = eachOf(pools, 6, (pool, n) =>
          n === 4 ? pool.release(once) : refusalOf(pool.claim({ mode: 'assign', once })),
        );
        for (const end of await Promise.all(calls)) {
          if (end instanceof Error) expect(end).toMatchObject({ code: 'CLAIM_RETIRED' });
        }
      }
      const entries = await pools[0]?.inspect();
      expect(entries?.filter(({ claim }) => claim !== undefined)).toEqual([]);
    });

    it('waits in a pool for as long as it is not released', async () => {
      const { store, other } = setting;
      const [first, second] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      const lease = await first.claim({ mode: 'lease' });
      const waiting = refusalOf(second.claim({ mode: 'assign', once: 'hire-1', wait: '5m' }));
      await first.release('hire-1');
      await lease.release();
      expect(await waiting).toMatchObject({ code: 'CLAIM_RETIRED' });
    });

    it('is told from the others by every character of its id', async () => {
      const onces = [
        'a',
        'A',
        'a ',
        ' a',
        'a\u0000',
        'é',
        'e\u0301',
        '😀',
        '😁',
        "'",
        '%',
        'once a',
      ];
      const long = [199, 200, 201].flatMap((length) =>
        ['x', 'y'].map((x) => x.padStart(length, '.')),
      );
      const all = [...onces, ...long];
      const pool = poolOf(setting, setting.store, licences(all.length));
      for (const [n, once] of all.entries()) {
        expect((await pool.claim({ mode: 'assign', once })).resource).toBe(licences(n + 1)[n]);
      }
      for (const once of all) expect(await pool.release(once), JSON.stringify(once)).toBe(true);
    });
  });
}
