/** Aborting ends a call at once, with the reason, and leaves the store as usable as before. */
import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../document-port.ts';
import { answerOf, aParcel, existing, keysOf, need, put, type Setting } from './setting.ts';

const reason = new Error('No longer wanted.');

export function abortCases(setting: Setting): void {
  describe('a call that is aborted', () => {
    it('before it begins does nothing, and rejects with the reason', async () => {
      const { store, other } = setting;
      const { etag } = await put(setting, 'order-17', aParcel(1));
      for (const call of calls(etag)) {
        await expect(call({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      }
      expect(await other.read('order-17')).toMatchObject({ value: aParcel(1), etag });
      expect(await store.read('order-18')).toBeUndefined();
    });

    it('while it is under way ends with the reason, and others go on', async () => {
      for (const which of calls('').keys()) {
        const key = `order-${which}`;
        const { etag } = await put(setting, key, aParcel(1));
        const controller = new AbortController();
        const call = calls(etag, key, `new-${which}`)[which]?.({ signal: controller.signal });
        controller.abort(reason);
        await expect(call).rejects.toBe(reason);
        // The write may have been done, or not. Whichever it is, who reads it can go on from there.
        await goOn(key);
      }
    });

    it('ends although many others are under way, which are carried out', async (context) => {
      need(setting, 'create')(context);
      const { store, other } = setting;
      const controller = new AbortController();
      const all = Array.from({ length: 20 }, (_, n) =>
        answerOf(
          store.create(`order-${n}`, aParcel(n), n % 2 ? { signal: controller.signal } : {}),
        ),
      );
      controller.abort(reason);
      const answers = await Promise.all(all);
      for (const [n, answer] of answers.entries()) {
        if (n % 2) expect(answer).toEqual({ refused: reason });
        else expect(answer).toEqual({ done: (await existing(other, `order-${n}`)).etag });
      }
    });

    it('by a reason that is no error rejects with that', async () => {
      const signal = AbortSignal.abort('enough');
      await expect(setting.store.read('order-17', { signal })).rejects.toBe('enough');
    });

    it('in the middle of a listing ends the listing', async (context) => {
      need(setting, 'list')(context);
      const { store } = setting;
      for (let n = 0; n < 3; n++) await put(setting, `order-${n}`);
      const controller = new AbortController();
      const listing = (async () => {
        for await (const _ of store.list('', { signal: controller.signal })) {
          controller.abort(reason);
        }
      })();
      await expect(listing).rejects.toBe(reason);
      expect(await keysOf(store)).toHaveLength(3);
    });
  });

  function calls(
    etag: string,
    key = 'order-17',
    fresh = 'order-18',
  ): ((options: CallOptions) => Promise<unknown>)[] {
    const { store, capabilities } = setting;
    return [
      (options) => store.read(key, options),
      (options) => store.replace(key, aParcel(2), etag, options),
      ...(capabilities.create
        ? [(options: CallOptions) => store.create(fresh, aParcel(2), options)]
        : []),
      ...(capabilities.remove ? [(options: CallOptions) => store.remove(key, etag, options)] : []),
      ...(capabilities.list
        ? [(options: CallOptions) => store.list('', options)[Symbol.asyncIterator]().next()]
        : []),
    ];
  }

  /** Changes what is there, as often as an aborted write is still on its way. */
  async function goOn(key: string): Promise<void> {
    for (;;) {
      const document = await setting.store.read(key);
      if (document === undefined) return;
      const answer = await answerOf(setting.store.replace(key, aParcel(3), document));
      if ('done' in answer) return;
      expect(answer.refused).toMatchObject({ code: 'ETAG_MISMATCH' });
    }
  }
}
