/** A key is created once, and what was created comes back. */
import { beforeEach, describe, expect, it } from 'vitest';
import { DocumentExistsError } from '../document-errors.ts';
import {
  answerOf,
  aParcel,
  atOnce,
  connections,
  existing,
  keysOf,
  need,
  put,
  type Setting,
} from './setting.ts';

export function creationCases(setting: Setting): void {
  describe('a document', () => {
    it('that nobody has created is not there', async () => {
      expect(await setting.store.read('order-17')).toBeUndefined();
    });

    it('is there for every connection as it was written, with the ETag that its writer was told', async () => {
      const { store, other } = setting;
      const first = await put(setting, 'order-17', aParcel(1, 'first'));
      const etag = await store.replace('order-17', aParcel(2, 'second'), first);

      expect(await other.read('order-17')).toMatchObject({ value: aParcel(2, 'second'), etag });
      expect((await existing(store, 'order-17')).etag, 'reading changes no ETag').toBe(etag);
    });

    it('has nothing to do with the document of another key', async () => {
      const { store, other } = setting;
      const one = await put(setting, 'order-1', aParcel(1));
      const two = await put(setting, 'order-2', aParcel(2));
      await store.replace('order-1', aParcel(10), one);

      expect(await other.read('order-2')).toMatchObject({ value: aParcel(2), etag: two.etag });
    });
  });

  describe('creating a document', () => {
    beforeEach(need(setting, 'create'));

    it('hands over the ETag that it is read with', async () => {
      const { store, other } = setting;
      const etag = await store.create('order-17', aParcel(1));
      expect(await other.read('order-17')).toMatchObject({ value: aParcel(1), etag });
    });

    it('that is there already is refused, and leaves it alone', async () => {
      const { store, other } = setting;
      const etag = await store.create('order-17', aParcel(1));
      const again = other.create('order-17', aParcel(2));

      await expect(again).rejects.toBeInstanceOf(DocumentExistsError);
      await expect(again).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS', key: 'order-17' });
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(1), etag });
    });

    it('is done for exactly one of 40 who create it at the same time', async () => {
      const stores = await connections(setting, 4);
      const answers = await atOnce(stores, 40, (store, n) =>
        answerOf(store.create('order-17', aParcel(n)).then((etag) => ({ n, etag }))),
      );
      const won = answers.flatMap((answer) => ('done' in answer ? answer.done : []));
      const lost = answers.flatMap((answer) => ('refused' in answer ? answer.refused : []));

      expect(won, 'one creates it').toHaveLength(1);
      for (const error of lost) expect(error).toMatchObject({ code: 'DOCUMENT_EXISTS' });
      expect(
        await setting.other.read('order-17'),
        'it is the one of who was told so',
      ).toMatchObject({ value: aParcel(won[0]?.n ?? -1), etag: won[0]?.etag });
    });

    it('of many keys at the same time creates them all', async (context) => {
      need(setting, 'list')(context);
      const stores = await connections(setting, 4);
      await atOnce(stores, 40, (store, n) => store.create(`order-${n}`, aParcel(n)));
      const keys = Array.from({ length: 40 }, (_, n) => `order-${n}`);
      expect(await keysOf(setting.store)).toEqual(keys.sort());
    });
  });
}
