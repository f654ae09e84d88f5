/** Every character of a name counts, and what is no name or no option is refused. */
import { describe, expect, it } from 'vitest';
import type { AcquireOptions } from '../lock-port.ts';
import { connections, type Setting } from './setting.ts';

const long = (length: number) => ['x'.repeat(length), `${'x'.repeat(length - 1)}y`];

/** Names that one backend or another takes for the same, for a pattern, a path or a command, or cuts. */
const families: readonly (readonly [what: string, names: readonly string[]])[] = [
  ['case', ['job', 'Job', 'JOB', 'straße', 'strasse', 'STRASSE', 'İ', 'i', 'I', 'ı']],
  ['white space', ['a', 'a ', ' a', ' ', '  ', 'a\t', 'a\n', 'a\u00a0', '\ufeffa', 'a\u2028']],
  ['slashes and dots', ['/', '//', 'a/b', 'a/', '/a', 'a\\b', '.', '..', 'a.', 'a/../b', './a']],
  ['wildcards', ['%', '%%', '_', '*', '?', '[a]', '[^a]', 'a%', 'a_', 'ab', '%41', 'A', '%2F']],
  ['quotes', ["'", "''", '"', '`', "'; drop table locks; --", '$1', '@name', ':name', '?1']],
  ['separators', [':', 'a:b', 'a:b:c', '#', 'a#1', 'a-0', 'a,b', 'a;b', '|', '{a}', 'a{b}', '~']],
  ['control characters', ['\u0000', 'a\u0000', 'a\u0000b', '\u0001', '\u001f', '\u007f']],
  ['look-alikes', ['é', 'e\u0301', 'Å', '\u212b', 'ﬁ', 'fi', 'ａ', 'a\u200b', 'ア', 'ｱ']],
  ['other scripts', ['価格', 'цена', 'السعر', '😀', '😁', '👩\u200d🚀', '\u{10ffff}', '\uffff']],
  ['words', ['__proto__', 'constructor', 'null', 'undefined', '0', '00', '1', '1e0', 'NaN']],
  ['1 to 256 characters', ['x', ...[128, 199, 200, 201, 255, 256].flatMap(long)]],
  ['very many characters', [...long(1_000), ...long(100_000), '€'.repeat(500), '😀'.repeat(500)]],
];

const noNames: readonly (readonly [what: string, name: string])[] = [
  ['no characters', ''],
  ['half of a surrogate pair', 'a\uD83D'],
  ['a number', 17 as never],
  ['undefined', undefined as never],
];

const noOptions: readonly (readonly [what: string, options: AcquireOptions, code: string])[] = [
  ['a ttl of 0', { ttl: 0 }, 'LOCK_OPTION_INVALID'],
  ['a ttl of 10 years', { ttl: '3650d' }, 'LOCK_OPTION_INVALID'],
  ['a ttl of half a millisecond', { ttl: 30_000.5 }, 'LOCK_OPTION_INVALID'],
  ['a ttl that is no duration', { ttl: 'soon' as never }, 'DURATION_INVALID'],
  ['a wait that is no duration', { wait: 'long' as never }, 'DURATION_INVALID'],
  ['a negative wait', { wait: -1 }, 'DURATION_INVALID'],
];

export function nameCases(setting: Setting): void {
  describe('names', () => {
    it.each(families)('with %s are all different', async (_, names) => {
      const { lock, other } = setting;
      const leases = [];
      for (const name of names) {
        const lease = await lock.tryAcquire(name);
        expect(lease?.name, `${JSON.stringify(name.slice(0, 50))} is free`).toBe(name);
        leases.push(lease);
      }
      for (const name of names) expect(await other.tryAcquire(name)).toBeUndefined();
      await Promise.all(leases.map((lease) => lease?.release()));
      const again = await Promise.all(names.map((name) => other.tryAcquire(name)));
      expect(again.map((lease) => lease?.name)).toEqual(names);
    });

    it.each(noNames)('of %s are refused', async (_, name) => {
      const { lock } = setting;
      const refused = { code: 'LOCK_NAME_INVALID', service: lock.name };
      await expect(lock.acquire(name)).rejects.toMatchObject(refused);
      await expect(lock.tryAcquire(name)).rejects.toMatchObject(refused);
      await expect(lock.acquireAll(['job', name])).rejects.toMatchObject(refused);
    });

    it('may be very many', async () => {
      const locks = [setting.lock, setting.other];
      const names = Array.from({ length: 60 }, (_, n) => `job-${n}`);
      const leases = await Promise.all(
        names.map((name, n) => locks[n % 2]?.acquire(name, { wait: '20s' })),
      );
      for (const lease of leases) lease?.assertHeld();
      await Promise.all(leases.map((lease) => lease?.release()));
    });
  });

  describe('options', () => {
    it.each(noOptions)('with %s are refused', async (_, options, code) => {
      const { lock, other } = setting;
      await expect(lock.acquire('job', options)).rejects.toMatchObject({ code });
      if (options.wait === undefined) {
        await expect(lock.tryAcquire('job', options)).rejects.toMatchObject({ code });
      }
      expect(await other.tryAcquire('job')).toBeDefined();
    });

    it('of a lock that cannot be used are refused when it is made', async () => {
      const refused = { code: 'LOCK_OPTION_INVALID' };
      await expect(connections(setting, 1, { ttl: 0 })).rejects.toMatchObject(refused);
      await expect(connections(setting, 1, { poll: 0 })).rejects.toMatchObject(refused);
      await expect(connections(setting, 1, { holder: '' })).rejects.toMatchObject(refused);
      const holder = 'x'.repeat(151);
      await expect(connections(setting, 1, { holder })).rejects.toMatchObject(refused);
      await expect(connections(setting, 1, { wait: 'x' as never })).rejects.toMatchObject({
        code: 'DURATION_INVALID',
      });
    });

    it('may name a holder of 150 characters', async () => {
      const holder = '價'.repeat(150);
      const [lock] = await connections(setting, 1, { holder });
      await using lease = await lock?.acquire('x'.repeat(300));
      expect(lease?.owner).toContain(holder);
      expect(await setting.other.tryAcquire('x'.repeat(300))).toBeUndefined();
    });
  });
}
