/** Every document is listed once, with its ETag, by the beginning of its key. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentEntry } from '../document-port.ts';
import {
  aParcel,
  atOnce,
  connections,
  existing,
  keysOf,
  need,
  put,
  type Setting,
} from './setting.ts';

export function listingCases(setting: Setting): void {
  describe('listing', () => {
    beforeEach(need(setting, 'list'));

    it('an empty place gives nothing', async () => {
      expect(await keysOf(setting.store)).toEqual([]);
      expect(await keysOf(setting.store, 'order')).toEqual([]);
    });

    it('gives the keys that begin with the prefix, and all for none', async () => {
      const { other } = setting;
      const keys = ['invoice-1', 'order', 'order-1', 'order-10', 'order-2', 'reorder-1'];
      for (const key of keys) await put(setting, key);

      expect(await keysOf(other)).toEqual(keys);
      expect(await keysOf(other, 'order')).toEqual(['order', 'order-1', 'order-10', 'order-2']);
      expect(await keysOf(other, 'order-1')).toEqual(['order-1', 'order-10']);
      expect(await keysOf(other, 'order-10')).toEqual(['order-10']);
      expect(await keysOf(other, 'order-100')).toEqual([]);
      expect(await keysOf(other, '-1')).toEqual([]);
    });

    it('gives the ETag that a document is read with', async () => {
      const { store, other } = setting;
      const one = await put(setting, 'order-1');
      await put(setting, 'order-2');
      await store.replace('order-1', aParcel(5), one);
      const entries: DocumentEntry[] = [];
      for await (const entry of other.list('')) entries.push(entry);

      expect(entries.sort((a, b) => a.key.localeCompare(b.key))).toEqual([
        { key: 'order-1', etag: (await existing(store, 'order-1')).etag },
        { key: 'order-2', etag: (await existing(store, 'order-2')).etag },
      ]);
      const [first] = entries;
      await store.replace('order-1', aParcel(6), first?.etag ?? '');
    });

    it('gives each of many once, over as many pages as it takes', async () => {
      const stores = await connections(setting, 4);
      const keys = Array.from({ length: setting.many }, (_, n) => `order-${n}`).sort();
      await atOnce(stores, keys.length, async (store, n) => {
        const key = keys[n] ?? '';
        if (setting.capabilities.create) await store.create(key, aParcel(n));
        else await put(setting, key, aParcel(n));
      });
      expect(await keysOf(setting.store)).toEqual(keys);
      expect(await keysOf(setting.store, 'order-1')).toEqual(
        keys.filter((key) => key.startsWith('order-1')),
      );
    });

    it('gives what is there all along once, while others write', async (context) => {
      need(setting, 'create', 'remove')(context);
      const { store, other } = setting;
      const stays = Array.from({ length: setting.many / 2 }, (_, n) => `stays-${n}`).sort();
      await atOnce([store, other], stays.length, (connection, n) =>
        connection.create(stays[n] ?? '', aParcel(n)),
      );
      let listed = false;
      const busy = (async () => {
        for (let n = 0; !listed; n++) {
          const key = stays[n % stays.length] ?? '';
          await other.replace(key, aParcel(n), await existing(other, key));
          await other.remove('comes', await other.create('comes', aParcel(n)));
        }
      })();
      try {
        for (let round = 0; round < 3; round++) {
          const keys = (await keysOf(store)).filter((key) => key !== 'comes');
          expect(keys).toEqual(stays);
        }
      } finally {
        listed = true;
        await busy;
      }
    });

    it('does not give what was removed', async (context) => {
      need(setting, 'remove')(context);
      const { store, other } = setting;
      const document = await put(setting, 'order-1');
      await put(setting, 'order-2');
      await store.remove('order-1', document);
      expect(await keysOf(other)).toEqual(['order-2']);
    });

    it('may be left early, and several may go on at the same time', async () => {
      const { store } = setting;
      for (let n = 0; n < 5; n++) await put(setting, `order-${n}`);
      for await (const { key } of store.list('')) {
        expect(key).toMatch(/^order-\d$/);
        break;
      }
      const [all, one] = await Promise.all([keysOf(store), keysOf(store, 'order-3')]);
      expect(all).toHaveLength(5);
      expect(one).toEqual(['order-3']);
    });

    it.each([
      ['more than 400 characters', 'x'.repeat(401)],
      ['half of a surrogate pair', 'a\uD83D'],
      ['a number', 1 as never],
    ])('by a prefix of %s is refused', async (_, prefix) => {
      await expect(keysOf(setting.store, prefix)).rejects.toMatchObject({
        code: 'DOCUMENT_KEY_INVALID',
      });
    });
  });
}
