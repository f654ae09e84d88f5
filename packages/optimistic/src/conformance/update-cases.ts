/** update() loses nothing, however many change one document at the same time. */
import { describe, expect, it } from 'vitest';
import { update } from '../update/update.ts';
import { aParcel, atOnce, connections, existing, need, put, type Setting } from './setting.ts';

export function updateCases(setting: Setting): void {
  describe('update()', () => {
    it('50 times at once from four connections adds up to 50', async () => {
      const stores = await connections(setting, 4);
      await put(setting, 'order-17', aParcel(0));
      const updates = await atOnce(stores, 50, (store) =>
        update(store, 'order-17', (current) => aParcel((current?.count ?? 0) + 1)),
      );
      expect((await existing(setting.store, 'order-17')).value.count).toBe(50);
      const told = updates.map(({ value }) => value.count).sort((a, b) => a - b);
      expect(told, 'each was told what its own change made').toEqual(
        Array.from({ length: 50 }, (_, n) => n + 1),
      );
      for (const { attempts, combined, changed } of updates) {
        expect(attempts, 'attempts are counted from 1').toBeGreaterThanOrEqual(1);
        expect(combined).toBeGreaterThanOrEqual(1);
        expect(changed).toBe(true);
      }
    });

    it('20 times at once on a new key creates it once, and adds up', async (context) => {
      need(setting, 'create')(context);
      const stores = await connections(setting, 4);
      await atOnce(stores, 20, (store) =>
        update(store, 'order-17', (current) => aParcel((current?.count ?? 0) + 1)),
      );
      expect((await existing(setting.store, 'order-17')).value.count).toBe(20);
    });

    it('names the version that it made', async () => {
      const { store, other } = setting;
      await put(setting, 'order-17', aParcel(1));
      const updated = await update(store, 'order-17', () => aParcel(2));
      expect(updated).toMatchObject({ value: aParcel(2), attempts: 1, changed: true });
      expect((await existing(other, 'order-17')).etag).toBe(updated.etag);
    });

    it('that leaves the document as it is writes nothing', async () => {
      const { store } = setting;
      const { etag } = await put(setting, 'order-17', aParcel(1));
      expect(await update(store, 'order-17', () => undefined)).toMatchObject({
        value: aParcel(1),
        etag,
        changed: false,
      });
      expect((await existing(store, 'order-17')).etag).toBe(etag);
    });

    it('makes its change again on what somebody has written meanwhile', async () => {
      const { store, other } = setting;
      await put(setting, 'order-17', aParcel(1));
      let seen = 0;
      const updated = await update(store, 'order-17', async (current) => {
        const { value, etag } = await existing(other, 'order-17');
        if (seen++ === 0) await other.replace('order-17', aParcel(value.count + 10), etag);
        return aParcel((current?.count ?? 0) + 1);
      });
      expect(updated).toMatchObject({ value: aParcel(12), attempts: 2 });
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(12));
    });
  });
}
