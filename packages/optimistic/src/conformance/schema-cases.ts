/** A schema checks what is written and what is read. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Parcel } from './document-store-harness.ts';
import { existing, need, type Setting } from './setting.ts';

export function schemaCases(setting: Setting): void {
  describe('with a schema', () => {
    beforeEach(need(setting, 'create'));

    it('a value that does not fit is refused before it is written', async () => {
      const store = await setting.place.connect({ schema: parcels() });
      const etag = await store.create('order-17', { count: 1, note: 'fits' });
      const bad = { count: 'many', note: 'does not' } as never;
      for (const call of [
        () => store.create('order-18', bad),
        () => store.replace('order-17', bad, etag),
        () => store.roundTrip('order-17', bad),
      ]) {
        const refused = call();
        await expect(refused).rejects.toMatchObject({ code: 'DOCUMENT_INVALID', found: 'writing' });
        await expect(refused, 'it says what and where').rejects.toThrow(/count.*is no number/);
      }
      expect(await store.read('order-18')).toBeUndefined();
      expect((await existing(store, 'order-17')).etag).toBe(etag);
    });

    it('a stored value that does not fit is refused to its readers', async () => {
      let limit = 100;
      const store = await setting.place.connect({ schema: parcels(() => limit) });
      const etag = await store.create('order-17', { count: 50, note: '' });
      limit = 10;
      await expect(store.read('order-17')).rejects.toMatchObject({
        code: 'DOCUMENT_INVALID',
        found: 'reading',
        key: 'order-17',
      });
      await store.replace('order-17', { count: 5, note: 'mended' }, etag);
      expect((await existing(store, 'order-17')).value).toEqual({ count: 5, note: 'mended' });
    });

    it('what the schema makes of a value is what is stored and read', async () => {
      const store = await setting.place.connect({ schema: parcels() });
      const incomplete = { count: 1 } as Parcel;
      await store.create('order-17', incomplete);
      expect((await existing(store, 'order-17')).value).toEqual({ count: 1, note: 'none' });
      expect(await store.roundTrip('order-17', incomplete)).toEqual({ count: 1, note: 'none' });
    });
  });

  describe('with a codec', () => {
    it('text that it cannot decode is refused to its readers', async (context) => {
      need(setting, 'create', 'anyValue')(context);
      let broken = false;
      const store = await setting.place.connect<string>({
        codec: {
          encode: (value) => `<${value}>`,
          decode(text) {
            if (broken) throw new SyntaxError('no brackets');
            return text.slice(1, -1);
          },
        },
      });
      await store.create('order-17', 'in brackets');
      expect((await existing(store, 'order-17')).value).toBe('in brackets');
      broken = true;
      await expect(store.read('order-17')).rejects.toMatchObject({
        code: 'DOCUMENT_INVALID',
        found: 'reading',
        cause: expect.any(SyntaxError),
      });
    });
  });
}

/** A schema as a library would make it: counts up to a limit, and a note that may be left out. */
function parcels(limit: () => number = () => 100): StandardSchemaV1<unknown, Parcel> {
  return {
    '~standard': {
      version: 1,
      vendor: 'conformance',
      async validate(value) {
        const { count, note = 'none' } = Object(value);
        if (typeof count !== 'number') {
          return { issues: [{ message: 'is no number', path: ['count'] }] };
        }
        if (count > limit()) return { issues: [{ message: 'is too much', path: ['count'] }] };
        return { value: { count, note } };
      },
    },
  };
}
