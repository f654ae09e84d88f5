/** What was removed is gone, and only who has read it removes it. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  aParcel,
  atOnce,
  connections,
  existing,
  need,
  put,
  type Setting,
} from './setting.ts';

export function removalCases(setting: Setting): void {
  describe('removing a document', () => {
    beforeEach(need(setting, 'remove'));

    it('takes the document that was read, or its ETag, and then nobody finds it', async () => {
      const { store, other } = setting;
      const one = await put(setting, 'order-1');
      const two = await put(setting, 'order-2');
      await store.remove('order-1', one);
      await store.remove('order-2', two.etag);
      for (const reader of [store, other]) {
        expect(await reader.read('order-1')).toBeUndefined();
        expect(await reader.read('order-2')).toBeUndefined();
      }
    });

    it('that was written since it was read is refused, and leaves it alone', async () => {
      const { store, other } = setting;
      const before = await put(setting, 'order-17', aParcel(1));
      const etag = await other.replace('order-17', aParcel(2), before.etag);
      for (const version of [before, before.etag, '*', '']) {
        await expect(store.remove('order-17', version)).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
          key: 'order-17',
        });
      }
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(2), etag });
    });

    it('that was removed already, or never there, is refused', async () => {
      const { store, other } = setting;
      const document = await put(setting, 'order-17');
      await other.remove('order-17', document.etag);
      for (const version of [document, document.etag]) {
        await expect(store.remove('order-17', version)).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
        await expect(store.replace('order-17', aParcel(1), version)).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
      }
      await expect(store.remove('order-18', document.etag)).rejects.toMatchObject({
        code: 'ETAG_MISMATCH',
      });
      expect(await store.read('order-17'), 'nothing brings it back').toBeUndefined();
    });

    it('leaves its neighbours alone', async () => {
      const { store } = setting;
      const document = await put(setting, 'order-1', aParcel(1));
      await put(setting, 'order-10', aParcel(10));
      await put(setting, 'order', aParcel(0));
      await store.remove('order-1', document);
      expect((await existing(store, 'order-10')).value).toEqual(aParcel(10));
      expect((await existing(store, 'order')).value).toEqual(aParcel(0));
    });

    it('lets its key be created again, with an ETag that it never had', async (context) => {
      need(setting, 'create')(context);
      const { store, other } = setting;
      const etags: string[] = [];
      for (let life = 0; life < 10; life++) {
        const born = await other.create('order-17', aParcel(1));
        const grown = await store.replace('order-17', aParcel(2), born);
        await store.remove('order-17', grown);
        etags.push(born, grown);
      }
      expect(new Set(etags).size).toBe(etags.length);
    });

    it('is done for exactly one of 20 at the same time', async () => {
      const stores = await connections(setting, 4);
      await put(setting, 'order-17');
      const versions = await Promise.all(stores.map((store) => existing(store, 'order-17')));
      const answers = await atOnce(stores, 20, (store, n) =>
        answerOf(store.remove('order-17', versions[n % stores.length] ?? '')),
      );
      const lost = answers.flatMap((answer) => ('refused' in answer ? answer.refused : []));
      expect(lost, 'one removes it').toHaveLength(19);
      for (const error of lost) expect(error).toMatchObject({ code: 'ETAG_MISMATCH' });
    });

    it('while somebody replaces the same version: one of the two is done', async () => {
      const { store, other } = setting;
      for (let round = 0; round < 10; round++) {
        const key = `order-${round}`;
        const mine = await put(setting, key);
        const theirs = await existing(other, key);
        const remove = () => answerOf(store.remove(key, mine));
        const replace = () => answerOf(other.replace(key, aParcel(1), theirs));
        const early = round % 2 ? replace() : undefined;
        const [removed, replaced] = await Promise.all([remove(), early ?? replace()]);
        const done = [removed, replaced].filter((answer) => 'done' in answer);
        expect(done, 'either removed or replaced').toHaveLength(1);
        const after = await store.read(key);
        expect(after?.value, 'and so it is').toEqual('done' in replaced ? aParcel(1) : undefined);
      }
    });
  });
}
