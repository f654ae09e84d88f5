/** Of a fenced document something stays when it is removed, so that who has lost the lock cannot create it again. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  aFence,
  answerOf,
  aParcel,
  atOnce,
  connections,
  keysOf,
  need,
  type Setting,
} from './setting.ts';

export function tombstoneCases(setting: Setting): void {
  describe('a fenced document that was removed', () => {
    beforeEach(need(setting, 'fences', 'create', 'remove'));

    it('is neither read nor listed', async (context) => {
      await bury();
      const { store, other } = setting;
      expect(await store.read('order-17')).toBeUndefined();
      expect(await other.read('order-17')).toBeUndefined();
      need(setting, 'list')(context);
      await store.create('order-170', aParcel(1));
      expect(await keysOf(other)).toEqual(['order-170']);
      expect(await keysOf(other, 'order-17')).toEqual(['order-170']);
    });

    it('is not created again by an older fence, nor without one', async () => {
      await bury();
      const { store, other } = setting;
      const refused = [
        [aFence(4), 'FENCE_STALE'],
        [aFence(0), 'FENCE_STALE'],
        [aFence(5, 'somebody else'), 'FENCE_STALE'],
        [undefined, 'FENCE_REQUIRED'],
      ] as const;
      for (const [fence, code] of refused) {
        for (const connection of [store, other]) {
          await expect(
            connection.create('order-17', aParcel(1), { fence }),
            'FENCE_STALE or FENCE_REQUIRED, and never DOCUMENT_EXISTS',
          ).rejects.toMatchObject({ code });
        }
      }
      expect(await store.read('order-17')).toBeUndefined();
    });

    it.each([
      ['the same fence', aFence(5)],
      ['a newer one', aFence(6, 'somebody else')],
    ])('is created again by %s', async (_, fence) => {
      const etags = await bury();
      const { store, other } = setting;
      const etag = await other.create('order-17', aParcel(9), { fence });
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(9), etag });
      expect(etags, 'with an ETag that it never had').not.toContain(etag);
      await expect(
        store.create('order-17', aParcel(1), { fence: aFence(9) }),
      ).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });
      await expect(
        store.replace('order-17', aParcel(1), etag, { fence: aFence(4) }),
      ).rejects.toMatchObject({ code: 'FENCE_STALE' });
    });

    it('is replaced and removed by nobody, whichever of its ETags he knows', async () => {
      const etags = await bury();
      const { store } = setting;
      for (const etag of etags) {
        const fence = aFence(9);
        await expect(store.replace('order-17', aParcel(1), etag, { fence })).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
        await expect(store.remove('order-17', etag, { fence })).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
      }
      expect(await store.read('order-17')).toBeUndefined();
    });

    it('keeps the fence that it was removed with, also when there was none before', async () => {
      const { store, other } = setting;
      await store.remove('order-17', await store.create('order-17', aParcel(1)), {
        fence: aFence(5),
      });
      await expect(other.create('order-17', aParcel(2))).rejects.toMatchObject({
        code: 'FENCE_REQUIRED',
      });
      await expect(
        other.create('order-17', aParcel(2), { fence: aFence(4) }),
      ).rejects.toMatchObject({ code: 'FENCE_STALE' });
    });

    it('is created by exactly one of 20 with newer fences', async () => {
      await bury();
      const stores = await connections(setting, 4);
      const answers = await atOnce(stores, 20, (store, n) =>
        answerOf(store.create('order-17', aParcel(n), { fence: aFence(6 + n) }).then(() => n)),
      );
      const won = answers.flatMap((answer) => ('done' in answer ? answer.done : []));
      expect(won).toHaveLength(1);
      for (const answer of answers) {
        if ('refused' in answer) expect(answer.refused).toMatchObject({ code: 'DOCUMENT_EXISTS' });
      }
      expect((await setting.store.read('order-17'))?.value).toEqual(aParcel(won[0] ?? -1));
    });

    it('does not come back, however many with an older fence create it meanwhile', async () => {
      const { store, other } = setting;
      for (let round = 0; round < 5; round++) {
        const key = `order-${round}`;
        const etag = await store.create(key, aParcel(1), { fence: aFence(3) });
        const [, ...created] = await Promise.all([
          store.remove(key, etag, { fence: aFence(5) }),
          ...Array.from({ length: 10 }, () =>
            answerOf(other.create(key, aParcel(2), { fence: aFence(3) })),
          ),
        ]);
        for (const answer of created) {
          expect(answer).toMatchObject({ refused: expect.any(Error) });
        }
        expect(await other.read(key)).toBeUndefined();
      }
    });

    /** A document that was removed under token 5 of host-1, and the ETags that it has had. */
    async function bury(): Promise<string[]> {
      const { store, other } = setting;
      const born = await store.create('order-17', aParcel(1), { fence: aFence(3, 'before') });
      const grown = await store.replace('order-17', aParcel(2), born, { fence: aFence(4) });
      await other.remove('order-17', grown, { fence: aFence(5) });
      return [born, grown];
    }
  });
}
