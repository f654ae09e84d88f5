/** A fence is compared and kept in the same step as the write: tokens never go back, whoever races. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentStore } from '../document-port.ts';
import type { Parcel } from './document-store-harness.ts';
import {
  aFence,
  aParcel,
  atOnce,
  connections,
  existing,
  need,
  put,
  type Setting,
} from './setting.ts';

/** A write that was done: the version that it was made from, and what it made. */
interface Done {
  readonly from: string;
  readonly to: string;
  readonly token: number;
}

const newest = 32;

export function fenceRaceCases(setting: Setting): void {
  describe('writers with different fences at the same time', () => {
    beforeEach(need(setting, 'fences'));

    it('are let in so that the token never goes back', async () => {
      const stores = await connections(setting, 4);
      let { etag } = await put(setting, 'order-17');
      const done = (
        await atOnce(stores, 4, async (store, n) => {
          const writes: Done[] = [];
          // Who has lost the lock acquires it anew, so that there is a takeover at every moment.
          for (let token = n + 1; token <= newest; token += 4) {
            writes.push(...(await persist(store, token)));
          }
          return writes;
        })
      ).flat();

      const history: number[] = [];
      for (;;) {
        const next = done.filter(({ from }) => from === etag);
        expect(next.length, 'each version is replaced at most once').toBeLessThanOrEqual(1);
        const [write] = next;
        if (write === undefined) break;
        history.push(write.token);
        etag = write.to;
      }
      expect(history, 'each write was made from the one before').toHaveLength(done.length);
      expect(history, 'and none had an older fence').toEqual(history.toSorted((a, b) => a - b));
      expect(history.at(-1), 'the newest holder always gets in').toBe(newest);
      expect(await setting.other.read('order-17')).toMatchObject({ value: aParcel(newest), etag });
    });

    /** Reads and writes twice, however often others are first, until its fence is too old. */
    async function persist(store: DocumentStore<Parcel>, token: number): Promise<Done[]> {
      const done: Done[] = [];
      while (done.length < 2) {
        const document = await existing(store, 'order-17');
        try {
          const fence = aFence(token);
          const to = await store.replace('order-17', aParcel(token), document, { fence });
          done.push({ from: document.etag, to, token });
        } catch (error) {
          const { code } = error as { readonly code?: string };
          if (code === 'FENCE_STALE') return done;
          if (code !== 'ETAG_MISMATCH') throw error;
        }
      }
      return done;
    }
  });
}
