/** Of several who create the same document one wins, and all get the winner's. */
import type { DocumentStore } from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import { createIfAbsent } from '../create-if-absent.ts';
import { type CreateOnceSetting, creators, faultyDocuments } from './create-once-setting.ts';
import { eachOf, need } from './setting.ts';

interface Parcel {
  readonly count: number;
  readonly note: string;
}

export function createIfAbsentCases(setting: CreateOnceSetting): void {
  describe('a document that is created if it is absent', () => {
    it('is there, and later calls are handed it over', async () => {
      const [store, other] = await twoStores(setting);
      const first = await createIfAbsent(store, 'order-17', { count: 1, note: 'ü 😀' });
      expect(first).toMatchObject({ value: { count: 1, note: 'ü 😀' }, created: true });
      const second = await createIfAbsent(other, 'order-17', { count: 2, note: '' });
      expect(second).toEqual({ ...first, created: false });
      expect(await createIfAbsent(store, 'order-18', { count: 3, note: '' })).toMatchObject({
        created: true,
      });
    });

    it('has an ETag with which it can be written', async () => {
      const [store, other] = await twoStores(setting);
      await createIfAbsent(store, 'order-17', { count: 1, note: '' });
      const { etag } = await createIfAbsent(other, 'order-17', { count: 2, note: '' });
      await store.replace('order-17', { count: 3, note: '' }, etag);
      expect((await other.read('order-17'))?.value.count).toBe(3);
    });

    it('is created by one of many at the same time', async () => {
      const stores = await creators<Parcel>(setting, 4);
      const calls = eachOf(stores, 16, (store, n) =>
        createIfAbsent(store, 'order-17', { count: n, note: '' }),
      );
      const ends = await Promise.all(calls);
      const winners = ends.filter(({ created }) => created);
      expect(winners).toHaveLength(1);
      for (const { value, etag } of ends) {
        expect({ value, etag }).toEqual({ value: winners[0]?.value, etag: winners[0]?.etag });
      }
    });

    it('is not created when the call was aborted before', async () => {
      const [store, other] = await twoStores(setting);
      const reason = new Error('No longer wanted.');
      const options = { signal: AbortSignal.abort(reason) };
      const call = createIfAbsent(store, 'order-17', { count: 1, note: '' }, options);
      await expect(call).rejects.toBe(reason);
      expect(await other.read('order-17')).toBeUndefined();
    });

    it('cannot be what does not come back', async () => {
      const [store, other] = await twoStores(setting);
      const call = createIfAbsent(store, 'order-17', { count: 1, note: (() => '') as never });
      await expect(call).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
      expect(await other.read('order-17')).toBeUndefined();
    });

    it('is known to be this call’s own, also when its reply was lost', async (context) => {
      need(setting, 'lostReplies')(context);
      const [other] = await twoStores(setting);
      const { store, loseReply } = await faultyDocuments<Parcel>(setting);
      await store.read('warm');
      loseReply();
      const first = await createIfAbsent(store, 'order-17', { count: 1, note: '' });
      expect(first.value).toEqual({ count: 1, note: '' });
      const { writeIds } = setting.capabilities;
      if (writeIds) expect(first.created).toBe(true);
      loseReply();
      const second = await createIfAbsent(store, 'order-17', { count: 2, note: '' });
      expect(second).toEqual({ ...first, created: false });
      expect((await other.read('order-17'))?.value.count).toBe(1);
    });
  });
}

async function twoStores(
  setting: CreateOnceSetting,
): Promise<[DocumentStore<Parcel>, DocumentStore<Parcel>]> {
  return (await creators<Parcel>(setting, 2)) as [DocumentStore<Parcel>, DocumentStore<Parcel>];
}
