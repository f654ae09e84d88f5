/** Every character of the name of a pool, of a resource's id and of an owner counts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { giveBack, put, take } from './requests.ts';
import { need, poolOf, type Setting } from './setting.ts';

const long = (length: number) => ['x'.repeat(length), `${'x'.repeat(length - 1)}y`];

/** Names that one backend or another takes for the same, for a pattern, a path or a command, or cuts. */
const families: readonly (readonly [what: string, names: readonly string[]])[] = [
  ['case', ['job', 'Job', 'JOB', 'straße', 'strasse', 'STRASSE', 'İ', 'i', 'I', 'ı']],
  ['white space', ['a', 'a ', ' a', ' ', '  ', 'a\t', 'a\n', 'a\u00a0', '\ufeffa', 'a\u2028']],
  ['slashes and dots', ['/', '//', 'a/b', 'a/', '/a', 'a\\b', '.', '..', 'a.', 'a/../b', './a']],
  ['wildcards', ['%', '%%', '_', '*', '?', '[a]', '[^a]', 'a%', 'a_', 'ab', '%41', 'A', '%2F']],
  ['quotes', ["'", "''", '"', '`', "'; drop table pools; --", '$1', '@name', ':name', '?1']],
  ['separators', [':', 'a:b', 'a:b:c', '#', 'a#1', 'a-0', 'a,b', 'a;b', '|', '{a}', 'a{b}', '~']],
  ['control characters', ['\u0000', 'a\u0000', 'a\u0000b', '\u0001', '\u001f', '\u007f']],
  ['look-alikes', ['é', 'e\u0301', 'Å', '\u212b', 'ﬁ', 'fi', 'ａ', 'a\u200b', 'ア', 'ｱ']],
  ['other scripts', ['価格', 'цена', 'السعر', '😀', '😁', '👩\u200d🚀', '\u{10ffff}', '\uffff']],
  ['words', ['__proto__', 'constructor', 'null', 'undefined', '0', '00', '1', '1e0', 'NaN']],
  [
    '1 to 200 characters',
    ['x', ...[128, 199, 200].flatMap(long), '€'.repeat(200), '😀'.repeat(100)],
  ],
];

export function nameCases(setting: Setting): void {
  describe('pools', () => {
    it('of two names have nothing in common', async () => {
      const { store, other } = setting;
      const names = ['licences-17', 'licences-1', 'licences'];
      for (const name of names) {
        const pool = poolOf(setting, store, [`${name}-a`], { name });
        expect((await pool.claim({ mode: 'assign', once: 'hire-1' })).resource).toBe(`${name}-a`);
      }
      expect(await poolOf(setting, other, [], { name: 'licences-1' }).release('hire-1')).toBe(true);
      for (const name of names) {
        const pool = poolOf(setting, other, [], { name });
        const claim = pool.tryClaim({ mode: 'assign', once: 'hire-1' });
        if (name === 'licences-1') await expect(claim).rejects.toThrow();
        else expect(await claim).toMatchObject({ resource: `${name}-a` });
      }
    });

    describe('of any name', () => {
      beforeEach(need(setting, 'anyName'));

      it.each([
        ...families,
        ['201 and more characters', [201, 1_000, 100_000].flatMap(long)],
      ] as const)('with %s are all different', async (_, names) => {
        const { store, other } = setting;
        const claims = names.map(async (name, n) => {
          const pool = poolOf(setting, store, [`E5-${n}`], { name });
          return (await pool.claim({ mode: 'assign', once: 'hire-1' })).resource;
        });
        expect(await Promise.all(claims)).toEqual(names.map((_, n) => `E5-${n}`));
        const looks = names.map((name) => poolOf(setting, other, [], { name }).inspect());
        for (const [n, entries] of (await Promise.all(looks)).entries()) {
          expect(entries, JSON.stringify(names[n]?.slice(0, 50))).toMatchObject([
            { resource: `E5-${n}`, claim: { by: 'hire-1' } },
          ]);
        }
      });
    });
  });

  describe('ids of resources', () => {
    it.each(families)('with %s are all different', async (_, ids) => {
      const { store, other } = setting;
      await put(store, ids);
      await put(other, ids);
      expect((await other.inspect('licences', {})).map(({ id }) => id)).toEqual(ids);
      const [gone = '', ...rest] = ids;
      await other.withdraw('licences', [gone], {});
      const taken = [];
      for (const [n] of rest.entries()) taken.push((await take(store, { owner: `ann-${n}` })).id);
      expect(taken).toEqual(rest);
    });
  });

  describe('owners', () => {
    it.each(families)('with %s are all different', async (_, owners) => {
      const { store, other } = setting;
      const ids = owners.map((_, n) => `E5-${n}`);
      await put(store, ids);
      for (const [n, owner] of owners.entries()) {
        expect((await take(store, { owner })).id, JSON.stringify(owner)).toBe(ids[n]);
      }
      const states = await other.inspect('licences', {});
      expect(states.map(({ claim }) => claim?.owner)).toEqual(owners);
      const releases = owners.map((owner) => giveBack(other, { owner, forGood: true }));
      expect(await Promise.all(releases)).toEqual(owners.map(() => true));
    });
  });
}
