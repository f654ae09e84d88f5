/** The last writes of a document are kept beside its value, so that a writer finds his own again. */
import { beforeEach, describe, expect, it } from 'vitest';
import { aFence, aParcel, existing, need, put, type Setting } from './setting.ts';

export function recentWriteCases(setting: Setting): void {
  describe('the last writes', () => {
    beforeEach(need(setting, 'writeIds', 'create'));

    it('are known by their ids, on every connection', async () => {
      const { store, other } = setting;
      const etag = await store.create('order-17', aParcel(1), { writeId: 'first' });
      expect((await existing(other, 'order-17')).writes).toMatchObject({
        first: 'first',
        latest: 'first',
        count: 1,
        kept: 32,
      });
      await other.replace('order-17', aParcel(2), etag, { writeId: 'second_-2' });
      const { writes } = await existing(store, 'order-17');
      expect(writes).toMatchObject({ first: 'first', latest: 'second_-2', count: 2 });
      expect(writes?.includes('first')).toBe(true);
      expect(writes?.includes('second_-2')).toBe(true);
      for (const id of ['secon', 'SECOND_-2', 'd', '', ',', 'third']) {
        expect(writes?.includes(id), id).toBe(false);
      }
    });

    it('are found although others have written since: the last 32, and the first', async () => {
      const { store, other } = setting;
      let etag = await store.create('order-17', aParcel(0), { writeId: 'write-0' });
      for (let n = 1; n <= 40; n++) {
        const writer = n % 2 ? store : other;
        etag = await writer.replace('order-17', aParcel(n), etag, { writeId: `write-${n}` });
      }
      const { writes } = await existing(other, 'order-17');
      expect(writes).toMatchObject({ first: 'write-0', latest: 'write-40', count: 41 });
      const found = Array.from({ length: 41 }, (_, n) => n).filter((n) =>
        writes?.includes(`write-${n}`),
      );
      expect(found).toEqual([0, ...Array.from({ length: 32 }, (_, n) => n + 9)]);
    });

    it('have ids of their own where none were given', async () => {
      const { store } = setting;
      const ids = new Set<string | undefined>();
      let etag = await store.create('order-17', aParcel(0));
      for (let n = 1; n <= 5; n++) {
        const { writes } = await existing(store, 'order-17');
        ids.add(writes?.latest);
        expect(writes?.includes(writes.latest ?? ''), 'each is kept').toBe(true);
        etag = await store.replace('order-17', aParcel(n), etag);
      }
      expect(ids.size).toBe(5);
      expect(ids).not.toContain(undefined);
    });

    it('do not hold one that was refused', async () => {
      const { store, other } = setting;
      const before = await store.create('order-17', aParcel(0), { writeId: 'first' });
      await other.replace('order-17', aParcel(1), before, { writeId: 'second' });
      await expect(
        store.replace('order-17', aParcel(2), before, { writeId: 'refused' }),
      ).rejects.toMatchObject({ code: 'ETAG_MISMATCH' });
      await expect(
        store.create('order-17', aParcel(2), { writeId: 'refused' }),
      ).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });
      const { writes } = await existing(store, 'order-17');
      expect(writes).toMatchObject({ latest: 'second', count: 2 });
      expect(writes?.includes('refused')).toBe(false);
    });

    it.for([
      { how: 'without a fence', fence: undefined },
      { how: 'with one', fence: aFence(1) },
    ])(
      'begin anew when the document was removed and created again $how',
      async ({ fence }, context) => {
        need(setting, 'remove', ...(fence ? (['fences'] as const) : []))(context);
        const { store, other } = setting;
        const etag = await store.create('order-17', aParcel(0), { writeId: 'old', fence });
        await store.remove('order-17', etag, { fence });
        await other.create('order-17', aParcel(0), { writeId: 'new', fence });
        const { writes } = await existing(store, 'order-17');
        expect(writes).toMatchObject({ first: 'new', latest: 'new', count: 1 });
        expect(writes?.includes('old')).toBe(false);
      },
    );

    it('have room for the longest ids beside the longest fence', async (context) => {
      need(setting, 'fences')(context);
      const { store, other } = setting;
      const fence = aFence(10n ** 99n, '€'.repeat(200));
      const ids = Array.from({ length: 33 }, (_, n) => `${n}`.padStart(64, 'x'));
      let etag = await store.create('order-17', aParcel(0), { fence, writeId: ids[0] });
      for (const writeId of ids.slice(1)) {
        etag = await other.replace('order-17', aParcel(1), etag, { fence, writeId });
      }
      const { writes } = await existing(store, 'order-17');
      expect(ids.filter((id) => writes?.includes(id))).toEqual(ids);
    });

    it.each(['', 'x'.repeat(65), 'a b', 'a,b', 'ä', 'a\n', 1 as never])(
      'cannot be known by %j',
      async (writeId) => {
        const { store } = setting;
        const { etag } = await put(setting, 'order-17');
        for (const call of [
          () => store.create('order-18', aParcel(1), { writeId }),
          () => store.replace('order-17', aParcel(1), etag, { writeId }),
        ]) {
          await expect(call()).rejects.toMatchObject({ code: 'DOCUMENT_OPTION_INVALID' });
        }
        expect(await store.read('order-18')).toBeUndefined();
        expect((await existing(store, 'order-17')).etag).toBe(etag);
      },
    );
  });

  describe('a store that keeps no ids of writes', () => {
    it('says so, and one that does has them in every document', async () => {
      const { writes } = await put(setting, 'order-17');
      if (setting.capabilities.writeIds) expect(writes).toMatchObject({ kept: 32 });
      else expect(writes).toBeUndefined();
    });
  });
}
