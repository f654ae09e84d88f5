/** Every character of a key counts, and a key is never anything but a key. */
import { beforeEach, describe, expect, it } from 'vitest';
import { aParcel, existing, keysOf, need, put, type Setting } from './setting.ts';

/** Keys that one backend or another takes for the same, for a pattern, a path or a command. */
const families: readonly (readonly [what: string, keys: readonly string[]])[] = [
  ['case', ['order', 'Order', 'ORDER', 'straße', 'STRASSE', 'strasse', 'İ', 'i', 'I', 'ı']],
  ['spaces', ['a', 'a ', ' a', 'a  ', ' ', '  ', 'a b', 'a  b', 'a\u00a0b', 'a\u3000', '\ufeffa']],
  ['line breaks and tabs', ['a\n', 'a\r\n', 'a\r', 'a\t', '\n', 'a\nb', 'a\u2028b', 'a\u0085b']],
  ['slashes', ['/', '//', 'a/b', 'a//b', '/a', 'a/', '/a/', 'a/b/', 'a\\b', '\\', 'a\\']],
  ['dots', ['.', '..', '...', 'a.', 'a..', './a', '../a', 'a/.', 'a/..', 'a/../b', '.a', 'a.b']],
  [
    'percent signs',
    ['%', '%%', '%2F', '%2f', 'a%2Fb', '%41', '%25', '%zz', '%00', '%u0041', '+', '%20'],
  ],
  [
    'wildcards',
    ['*', '?', '_', 'a*', 'a?', 'a_', 'ab', 'a%', '[a]', '[^a]', '[', ']', '{a,b}', '^a$', 'a.*'],
  ],
  [
    'quotes',
    [
      "'",
      "''",
      '"',
      '""',
      '`',
      "a'b",
      'a"b',
      "'; drop table documents; --",
      '$1',
      '@key',
      ':key',
      '?1',
    ],
  ],
  [
    'signs of URLs and headers',
    ['#', 'a#b', 'a?b=c', 'a&b', 'a=b', ';', 'a;b', ',', ':', 'a:b', '@', '<a>', '|', '~', '~a'],
  ],
  [
    'control characters',
    ['\u0001', 'a\u0001b', '\u001f', '\u007f', 'a\u0008', '\u001b[0m', '\u0080', '\ufffd'],
  ],
  [
    'characters that look the same',
    [
      'é',
      'e\u0301',
      'Å',
      '\u212b',
      'A\u030a',
      'ﬁ',
      'fi',
      'ａ',
      'a\u00ad',
      'a\u200b',
      'a\u200d',
      'ア',
      'ｱ',
      'あ',
    ],
  ],
  [
    'other scripts',
    ['価格', 'цена', 'السعر', '😀', '😁', '👩\u200d🚀', '👩', '\u{10ffff}', '\uffff', '\ue000'],
  ],
  [
    'names of something else',
    [
      '__proto__',
      'constructor',
      'toString',
      'null',
      'undefined',
      'NaN',
      '0',
      '00',
      '0.0',
      '1',
      '01',
      '1e0',
      'true',
      'CON',
      'nul',
      '$root',
      '$web',
    ],
  ],
  [
    '400 characters',
    [
      'x'.repeat(400),
      'x'.repeat(399),
      `${'x'.repeat(399)}y`,
      '€'.repeat(400),
      '😀'.repeat(200),
      '%'.repeat(400),
      '/'.repeat(400),
      `${'a/'.repeat(199)}..`,
    ],
  ],
];

const noKeys: readonly (readonly [what: string, key: string])[] = [
  ['no characters', ''],
  ['401 characters', 'x'.repeat(401)],
  ['half of a surrogate pair', 'a\uD83D'],
  ['the other half of one', '\uDE00a'],
  ['a number', 17 as never],
  ['undefined', undefined as never],
];

export function keyCases(setting: Setting): void {
  describe('a key', () => {
    describe.each(families)('with %s', (_, keys) => {
      beforeEach(need(setting, 'anyKey', 'create'));

      it('is a key like any other, and no two are the same', async () => {
        const { store, other } = setting;
        const etags = new Map<string, string>();
        for (const [n, key] of keys.entries()) etags.set(key, await store.create(key, aParcel(n)));
        for (const [n, key] of keys.entries()) {
          expect(await other.read(key), shown(key)).toMatchObject({
            value: aParcel(n),
            etag: etags.get(key),
          });
        }
        for (const [n, key] of keys.entries()) {
          const etag = await store.replace(key, aParcel(1000 + n), etags.get(key) ?? '');
          etags.set(key, etag);
        }
        for (const [n, key] of keys.entries()) {
          expect((await existing(other, key)).value, shown(key)).toEqual(aParcel(1000 + n));
        }
      });

      it('is listed as it is, by each of its beginnings', async (context) => {
        need(setting, 'list')(context);
        const { store, other } = setting;
        for (const key of keys) await store.create(key, aParcel(0));
        expect(await keysOf(other)).toEqual(keys.toSorted());
        for (const key of keys) {
          for (const prefix of new Set([key, firstOf(key)])) {
            expect(await keysOf(other, prefix), `what begins with ${shown(prefix)}`).toEqual(
              keys.filter((each) => each.startsWith(prefix)).sort(),
            );
          }
        }
      });

      it('is removed alone', async (context) => {
        need(setting, 'remove', 'list')(context);
        const { store, other } = setting;
        const left = new Set(keys);
        for (const key of keys) await store.create(key, aParcel(0));
        for (const key of keys) {
          await other.remove(key, await existing(store, key));
          left.delete(key);
          expect(await keysOf(store), `without ${shown(key)}`).toEqual([...left].sort());
        }
      });
    });

    it('with U+0000 is a key like any other', async (context) => {
      need(setting, 'anyKey', 'nulCharacters', 'create', 'list')(context);
      const { store, other } = setting;
      const keys = ['\u0000', 'a', 'a\u0000', 'a\u0000b', 'ab'];
      for (const [n, key] of keys.entries()) await store.create(key, aParcel(n));
      for (const [n, key] of keys.entries()) {
        expect((await existing(other, key)).value, shown(key)).toEqual(aParcel(n));
      }
      expect(await keysOf(other)).toEqual(keys.toSorted());
      expect(await keysOf(other, 'a\u0000')).toEqual(['a\u0000', 'a\u0000b']);
    });

    it.each(noKeys)('of %s is refused by every call', async (_, key) => {
      const { store } = setting;
      const { etag } = await put(setting, 'order-17');
      const calls = [
        () => store.read(key),
        () => store.create(key, aParcel(1)),
        () => store.replace(key, aParcel(1), etag),
        () => store.remove(key, etag),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          code: 'DOCUMENT_KEY_INVALID',
          store: store.name,
        });
      }
    });
  });
}

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 20));
}

/** The first character, which may be two halves. */
function firstOf(key: string): string {
  return String.fromCodePoint(key.codePointAt(0) ?? 0);
}
