/** Every character of a name counts, and what is no name, amount or id is refused. */
import { beforeEach, describe, expect, it } from 'vitest';
import { need, type Setting } from './setting.ts';

/** Names that one backend or another takes for the same, for a pattern, a path or a command. */
const families: readonly (readonly [what: string, names: readonly string[]])[] = [
  ['case', ['orders', 'Orders', 'ORDERS', 'straße', 'strasse', 'STRASSE', 'İ', 'i', 'I', 'ı']],
  [
    'white space',
    ['a', 'a ', ' a', ' ', '  ', 'a\t', 'a\n', 'a\r\n', 'a\u00a0', '\ufeffa', 'a\u2028'],
  ],
  [
    'slashes and dots',
    ['/', '//', 'a/b', 'a//b', 'a/', '/a', 'a\\b', '.', '..', 'a.', 'a/../b', './a'],
  ],
  [
    'wildcards and percent signs',
    ['%', '%%', '_', '*', '?', '[a]', '[^a]', 'a%', 'a_', 'ab', '%41', 'A', '%2F'],
  ],
  [
    'quotes',
    ["'", "''", '"', '`', "a'b", "'; drop table counters; --", '$1', '@name', ':name', '?1', '\\'],
  ],
  [
    'separators',
    [':', 'a:b', 'a:b:c', '#', 'a#1', 'a-0', 'a-1', 'a,b', 'a;b', '|', '{a}', 'a{b}', '~'],
  ],
  ['control characters', ['\u0000', 'a\u0000', 'a\u0000b', '\u0001', '\u001f', '\u007f', '\u0080']],
  [
    'characters that look the same',
    ['é', 'e\u0301', 'Å', '\u212b', 'ﬁ', 'fi', 'ａ', 'a\u200b', 'a\u00ad', 'ア', 'ｱ'],
  ],
  ['other scripts', ['価格', 'цена', 'السعر', '😀', '😁', '👩\u200d🚀', '\u{10ffff}', '\uffff']],
  [
    'names of something else',
    ['__proto__', 'constructor', 'null', 'undefined', '0', '00', '1', '1e0', 'NaN'],
  ],
  [
    '200 characters',
    [
      'x'.repeat(200),
      'x'.repeat(199),
      `${'x'.repeat(199)}y`,
      '€'.repeat(200),
      '😀'.repeat(100),
      '/'.repeat(200),
    ],
  ],
];

const noNames: readonly (readonly [what: string, name: string])[] = [
  ['no characters', ''],
  ['201 characters', 'x'.repeat(201)],
  ['half of a surrogate pair', 'a\uD83D'],
  ['a number', 17 as never],
  ['undefined', undefined as never],
];

/** Ids may be of any length, and undefined leaves the option out. */
const noIds = noNames.filter(([, id]) => id !== undefined && id?.length !== 201);

const noAmounts: readonly (readonly [what: string, amount: bigint | number])[] = [
  ['a fraction', 0.5],
  ['NaN', Number.NaN],
  ['infinite', Number.POSITIVE_INFINITY],
  ['a number that is not exact', 2 ** 53],
  ['more than 64 bits', 2n ** 63n],
  ['less than 64 bits', -(2n ** 63n) - 1n],
  ['a text', '1' as never],
  ['undefined', undefined as never],
  ['null', null as never],
];

/** Those that are no way to leave an option out. */
const given = noAmounts.filter(([, amount]) => (amount ?? undefined) !== undefined);

export function nameCases(setting: Setting): void {
  describe('a name', () => {
    it.each(families)(
      'with %s is a name like any other, and no two are the same',
      async (_, names) => {
        const { counter, other } = setting;
        for (const [n, name] of names.entries()) await counter.add(name, 2 ** n);
        for (const [n, name] of names.entries()) {
          expect(await other.read(name), shown(name)).toBe(BigInt(2 ** n));
        }
        for (const [n, name] of names.entries()) {
          expect(await other.reset(name), shown(name)).toBe(BigInt(2 ** n));
        }
      },
    );

    it.each(noNames)('of %s is refused by every call', async (_, name) => {
      const { counter } = setting;
      const calls: (() => Promise<unknown>)[] = [
        () => counter.add(name, 1),
        () => counter.read(name),
        () => counter.reset(name),
      ];
      for (const call of calls) await expectRefused(call());
    });
  });

  describe('an amount', () => {
    it.each(noAmounts)('that is %s is refused, and nothing is added', async (_, amount) => {
      const { counter } = setting;
      await expectRefused(counter.add('orders', amount));
      await expectRefused(counter.add('orders', amount, { once: 'op' }));
      expect(await counter.read('orders')).toBe(0n);
      await counter.add('orders', 1, { once: 'op' });
      expect(await counter.read('orders'), 'the id was not used up').toBe(1n);
    });

    it.each(given)('to reset to that is %s is refused', async (_, to) => {
      await expectRefused(setting.counter.reset('orders', { to }));
    });

    describe('to be expected', () => {
      beforeEach(need(setting, 'conditionalReset'));

      it.each(given)('that is %s is refused, and nothing is reset', async (_, expected) => {
        const { counter } = setting;
        await counter.add('orders', 5);
        await expectRefused(counter.reset('orders', { expected }));
        expect(await counter.read('orders')).toBe(5n);
      });
    });
  });

  describe('an operation id', () => {
    it.each(noIds)('of %s is refused', async (_, once) => {
      await expectRefused(setting.counter.add('orders', 1, { once }));
      expect(await setting.counter.read('orders')).toBe(0n);
    });
  });

  async function expectRefused(call: Promise<unknown>): Promise<void> {
    await expect(call).rejects.toMatchObject({
      code: 'COUNTER_OPTION_INVALID',
      service: setting.counter.name,
    });
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 20));
}
