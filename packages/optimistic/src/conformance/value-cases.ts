/** Values come back as they were given, and share nothing with what they were made from. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Codec } from '../codec.ts';
import type { DocumentStore } from '../document-port.ts';
import { aParcel, existing, need, put, type Setting } from './setting.ts';

const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1.5,
  2 ** 53,
  1e300,
  5e-324,
  '',
  'text',
  [],
  {},
  [[], [null, {}]],
  { a: { b: { c: [1, 'two', null] } } },
  { '': 1, 'with space': 2, 'a.b': 3, $set: 4, '@odata.etag': 5 },
];

const texts: readonly (readonly [what: string, text: string])[] = [
  ['quotes and backslashes', `it's "so" \\ \\' \`\${x}\` '); drop table documents; --`],
  ['line breaks', 'one\ntwo\r\nthree\rfour\n\n'],
  ['white space at its ends', ' \t two  spaces \t '],
  ['line separators of Unicode', 'a\u2028b\u2029c\u0085d'],
  ['other scripts', 'Größe 価格 цена السعر \u{1F469}\u200D\u{1F680}'],
  ['characters that look the same', 'e\u0301 é \u212B Å ﬁ fi'],
  ['control characters', 'a\u0001b\u001fc\u007fd\u009fe'],
  ['characters at the borders', '\ufeffa\ufffe\uffff\u{10ffff}'],
  ['what looks like another type', '0012e3'],
  ['markup', '<a href="x">&amp;</a> <!-- %20 -->'],
  ['nothing in it', ''],
  ['only a space', ' '],
];

/** What the codec gets is what is stored: nothing of JSON hides what a backend does to a text. */
const plainText: Codec = { encode: (value) => String(value), decode: (text) => text };

const noJson: readonly (readonly [what: string, value: unknown])[] = [
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['an infinite number in it', { list: [1, Number.POSITIVE_INFINITY] }],
  ['a bigint', 1n],
  ['a Map in it', { map: new Map([[1, 2]]) }],
  ['a function in it', { call: () => 1 }],
  ['itself in it', circle()],
];

export function valueCases(setting: Setting): void {
  describe('a value', () => {
    it('of any kind that JSON has comes back as it was given', async (context) => {
      need(setting, 'anyValue', 'create')(context);
      const store = await anyStore(setting);
      for (const [n, value] of values.entries()) {
        const etag = await store.create(`value-${n}`, value);
        expect(await store.read(`value-${n}`)).toMatchObject({ value, etag });
        expect((await existing(store, `value-${n}`)).value).toStrictEqual(value);
      }
    });

    it('of a megabyte comes back as it was given', async (context) => {
      need(setting, 'anyValue', 'create')(context);
      const { store, other } = setting;
      const note = 'Zeile €😀\n'.repeat(2 ** 20 / 14);
      const etag = await store.create('order-17', aParcel(1, note));
      expect((await existing(other, 'order-17')).value.note === note).toBe(true);
      await other.replace('order-17', aParcel(2, `${note}.`), etag);
      expect((await existing(store, 'order-17')).value.note === `${note}.`).toBe(true);
    });

    it.each(noJson)('that is or has %s is refused, and nothing is written', async (_, value) => {
      const { store } = setting;
      const before = await put(setting, 'order-17');
      for (const call of [
        () => store.create('order-18', value as never),
        () => store.replace('order-17', value as never, before),
        () => store.roundTrip('order-17', value as never),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'DOCUMENT_INVALID', found: 'writing' });
      }
      expect(await store.read('order-18')).toBeUndefined();
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(0), etag: before.etag });
    });

    it('is what it was when it was handed over, whatever becomes of it afterwards', async (context) => {
      need(setting, 'create')(context);
      const { store, other } = setting;
      const value = { count: 1, note: 'as given' };
      const creating = store.create('order-17', value);
      value.count = 2;
      const etag = await creating;
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(1, 'as given'));
      const replacing = store.replace('order-17', value, etag);
      value.note = 'changed';
      await replacing;
      value.count = 3;
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(2, 'as given'));
    });

    it('that was read is the reader’s own', async () => {
      const { store } = setting;
      const document = await put(setting, 'order-17', aParcel(1, 'as stored'));
      Object.assign(document.value, { count: 9, note: 'changed' });
      const again = await existing(store, 'order-17');
      expect(again.value).toEqual(aParcel(1, 'as stored'));
      expect(again.value).not.toBe((await existing(store, 'order-17')).value);
    });

    it('round-trips as it would be read, and is not written', async () => {
      const { store } = setting;
      const value = aParcel(1, 'on its way');
      const same = await store.roundTrip('order-17', value);
      expect(same).toEqual(value);
      expect(same).not.toBe(value);
      expect(await store.read('order-17')).toBeUndefined();
    });
  });

  describe('a text that a codec makes', () => {
    beforeEach(need(setting, 'anyValue', 'create'));

    it.each(texts)('with %s comes back as it was given', async (_, text) => {
      await roundTrip(text);
    });

    it('with U+0000 comes back as it was given', async (context) => {
      need(setting, 'nulCharacters')(context);
      await roundTrip('a\u0000b\u0000');
    });

    async function roundTrip(text: string): Promise<void> {
      const store = await setting.place.connect<string>({ codec: plainText });
      const etag = await store.create('text', text);
      expect((await existing(store, 'text')).value).toBe(text);
      await store.replace('text', `${text}!`, etag);
      expect((await existing(store, 'text')).value).toBe(`${text}!`);
    }
  });
}

function anyStore({ place }: Setting): Promise<DocumentStore<unknown>> {
  return place.connect<unknown>();
}

function circle(): unknown {
  const ring: unknown[] = [];
  ring.push(ring);
  return ring;
}
