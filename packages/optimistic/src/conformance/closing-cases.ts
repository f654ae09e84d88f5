/** What was closed refuses everything, and takes nothing away from others. */
import { describe, expect, it } from 'vitest';
import { aParcel, existing, keysOf, need, put, type Setting } from './setting.ts';

export function closingCases(setting: Setting): void {
  describe('a store that was closed', () => {
    it('may be closed again', async () => {
      const { store } = setting;
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store[Symbol.asyncDispose]();
    });

    it('refuses every call', async () => {
      const { store } = setting;
      const document = await put(setting, 'order-17');
      await store.close();
      const calls: (() => Promise<unknown>)[] = [
        () => store.read('order-17'),
        () => store.create('order-18', aParcel(1)),
        () => store.replace('order-17', aParcel(1), document),
        () => store.replace('order-17', aParcel(1), document.etag),
        () => store.remove('order-17', document),
        () => keysOf(store),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          code: 'SERVICE_CLOSED',
          service: store.name,
        });
      }
    });

    it('is closed at the end of its block', async () => {
      let after: () => Promise<unknown>;
      {
        await using store = setting.store;
        await store.read('order-17');
        after = () => store.read('order-17');
      }
      await expect(after()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    });

    it('leaves other connections open, and what was written there', async (context) => {
      need(setting, 'separateConnections')(context);
      const { store, other } = setting;
      const { etag } = await put(setting, 'order-17', aParcel(1));
      await store.close();
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(1));
      await other.replace('order-17', aParcel(2), etag);
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(2));
    });
  });

  describe('a store', () => {
    it('has a name that its errors tell', async () => {
      const { store } = setting;
      expect(store.name).toMatch(/\S/);
      await put(setting, 'order-17');
      const late = store.replace('order-17', aParcel(1), 'no etag of it');
      await expect(late).rejects.toMatchObject({ store: store.name });
      await expect(late).rejects.toThrow(store.name);
    });
  });
}
