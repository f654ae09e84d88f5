/** Who has lost the lock writes nothing, whatever he knows of the document. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentStore } from '../document-port.ts';
import type { Fence } from '../fence.ts';
import { FenceRequiredError, FenceStaleError } from '../fence-errors.ts';
import type { Parcel } from './document-store-harness.ts';
import { aFence, aParcel, existing, need, put, type Setting } from './setting.ts';

/** What a document was written with, what comes next, and whether it is let in. */
const orders: readonly (readonly [stored: Fence, given: Fence, admitted: boolean])[] = [
  [aFence(1, 'ann'), aFence(2, 'bob'), true],
  [aFence(1, 'ann'), aFence(2, 'ann'), true],
  [aFence(1, 'ann'), aFence(1, 'ann'), true],
  [aFence(1, 'ann'), aFence(1, 'bob'), false],
  [aFence(1, 'bob'), aFence(1, 'ann'), false],
  [aFence(2, 'ann'), aFence(1, 'bob'), false],
  [aFence(2, 'ann'), aFence(1, 'ann'), false],
  [aFence(0, 'ann'), aFence(1, 'bob'), true],
  [aFence(0, 'ann'), aFence(0, 'bob'), false],
  // As numbers, not as texts, and exactly.
  [aFence(9, 'ann'), aFence(10, 'bob'), true],
  [aFence(10, 'ann'), aFence(9, 'bob'), false],
  [aFence(2n ** 53n, 'ann'), aFence(2n ** 53n + 1n, 'bob'), true],
  [aFence(2n ** 53n + 1n, 'ann'), aFence(2n ** 53n, 'ann'), false],
  [aFence(2n ** 63n, 'ann'), aFence(2n ** 63n - 1n, 'ann'), false],
  [aFence(2n ** 64n, 'ann'), aFence(10n ** 30n, 'bob'), true],
  [aFence(10n ** 30n, 'ann'), aFence(2n ** 64n, 'ann'), false],
  [aFence(10n ** 99n, 'ann'), aFence(10n ** 99n + 1n, 'bob'), true],
  // Owners are compared exactly.
  [aFence(1, 'ann'), aFence(1, 'Ann'), false],
  [aFence(1, 'ann'), aFence(1, 'ann '), false],
  [aFence(1, 'é'), aFence(1, 'e\u0301'), false],
  [aFence(1, '"host", \\1\n😀'), aFence(1, '"host", \\1\n😀'), true],
  [aFence(1, '€'.repeat(200)), aFence(1, '€'.repeat(200)), true],
];

const noFences: readonly (readonly [problem: string, fence: Fence])[] = [
  ['a number as its token', { ...aFence(1), token: 1 as never }],
  ['a negative token', aFence(-1n)],
  ['a token of 101 digits', aFence(10n ** 100n)],
  ['no owner', { ...aFence(1), owner: undefined as never }],
  ['an empty owner', aFence(1, '')],
  ['an owner of 201 characters', aFence(1, 'x'.repeat(201))],
  ['no assertHeld()', { token: 1n, owner: 'ann' } as never],
];

export function fenceCases(setting: Setting): void {
  describe('a write with a fence', () => {
    beforeEach(need(setting, 'fences'));

    it.each(described(orders))('%s', async (_, stored, given, admitted) => {
      const { store, other } = setting;
      const fenced = await guarded(stored);
      const write = other.replace('order-17', aParcel(2), fenced, { fence: given });
      if (admitted) {
        const etag = await write;
        expect(await store.read('order-17')).toMatchObject({ value: aParcel(2), etag });
        return;
      }
      await expect(write).rejects.toBeInstanceOf(FenceStaleError);
      await expect(write).rejects.toMatchObject({
        code: 'FENCE_STALE',
        stored: { token: stored.token, owner: stored.owner },
        given: { token: given.token, owner: given.owner },
      });
      await expectUntouched(fenced);
    });

    it('is refused to a holder that was paused, whose lock another one has got', async () => {
      const { store, other } = setting;
      await guarded(aFence(33, 'paused'));
      const before = await existing(store, 'order-17');
      await other.replace('order-17', aParcel(34), before.etag, { fence: aFence(34, 'next') });

      const now = await existing(store, 'order-17');
      for (const version of [now, now.etag]) {
        await expect(
          store.replace('order-17', aParcel(33), version, { fence: aFence(33, 'paused') }),
          'knowing the newest version does not help',
        ).rejects.toMatchObject({ code: 'FENCE_STALE' });
        await expect(
          store.remove('order-17', version, { fence: aFence(33, 'paused') }),
        ).rejects.toMatchObject({ code: 'FENCE_STALE' });
      }
      expect((await existing(other, 'order-17')).value).toEqual(aParcel(34));
    });

    it('makes the document take no writes without one', async () => {
      const { store, other } = setting;
      const fenced = await guarded(aFence(7));
      for (const version of [fenced, await existing(other, 'order-17')]) {
        const unfenced = other.replace('order-17', aParcel(2), version);
        await expect(unfenced).rejects.toBeInstanceOf(FenceRequiredError);
        await expect(unfenced).rejects.toMatchObject({
          code: 'FENCE_REQUIRED',
          stored: { token: 7n, owner: 'host-1' },
        });
        await expect(store.remove('order-17', version)).rejects.toMatchObject({
          code: 'FENCE_REQUIRED',
        });
      }
      await expectUntouched(fenced);
    });

    it('is let in where nobody has written with one', async () => {
      const { store, other } = setting;
      const unfenced = await put(setting, 'order-17', aParcel(1));
      await other.replace('order-17', aParcel(2), unfenced, { fence: aFence(1) });
      const now = await existing(store, 'order-17');
      expect(now.value).toEqual(aParcel(2));
      await expect(store.replace('order-17', aParcel(3), now)).rejects.toMatchObject({
        code: 'FENCE_REQUIRED',
      });
    });

    it('guards a document from its creation', async (context) => {
      need(setting, 'create')(context);
      const { store, other } = setting;
      await store.create('order-17', aParcel(1), { fence: aFence(5) });
      const read = await existing(other, 'order-17');
      expect(read.value, 'everybody may read it').toEqual(aParcel(1));
      await expect(other.replace('order-17', aParcel(2), read)).rejects.toMatchObject({
        code: 'FENCE_REQUIRED',
      });
      await expect(
        other.replace('order-17', aParcel(2), read, { fence: aFence(4) }),
      ).rejects.toMatchObject({ code: 'FENCE_STALE' });
      await other.replace('order-17', aParcel(2), read, { fence: aFence(5) });
    });

    it('guards no other document', async () => {
      const { store } = setting;
      await guarded(aFence(5));
      const free = await put(setting, 'order-18');
      await store.replace('order-18', aParcel(1), free);
    });

    it('needs the version that was read, however new the fence is', async () => {
      const { store, other } = setting;
      const before = await guarded(aFence(1));
      await other.replace('order-17', aParcel(2), before, { fence: aFence(1) });
      for (const version of [before, before.etag]) {
        await expect(
          store.replace('order-17', aParcel(3), version, { fence: aFence(9) }),
        ).rejects.toMatchObject({ code: 'ETAG_MISMATCH' });
      }
      const now = await existing(store, 'order-17');
      expect(now.value).toEqual(aParcel(2));
      await store.replace('order-17', aParcel(3), now, { fence: aFence(1) });
    });

    it('asks the fence before it writes, and passes on what it throws', async () => {
      const { store } = setting;
      let asked = 0;
      const held: Fence = { ...aFence(1), assertHeld: () => void asked++ };
      const document = await put(setting, 'order-17');
      await store.replace('order-17', aParcel(1), document, { fence: held });
      expect(asked).toBeGreaterThan(0);

      const lost = new Error('The lease ran out.');
      const fence: Fence = {
        ...aFence(2),
        assertHeld() {
          throw lost;
        },
      };
      const now = await existing(store, 'order-17');
      const calls: (() => Promise<unknown>)[] = [
        () => store.replace('order-17', aParcel(2), now, { fence }),
        () => store.replace('order-17', aParcel(2), now.etag, { fence }),
        () => store.remove('order-17', now, { fence }),
        () => store.create('order-18', aParcel(2), { fence }),
      ];
      for (const call of calls) await expect(call()).rejects.toBe(lost);
      await expectUntouched(now);
      expect(await store.read('order-18')).toBeUndefined();
    });

    it.each(noFences)('that has %s is refused', async (_, fence) => {
      const { store } = setting;
      const document = await put(setting, 'order-17', aParcel(1));
      const calls: (() => Promise<unknown>)[] = [
        () => store.replace('order-17', aParcel(2), document, { fence }),
        () => store.remove('order-17', document, { fence }),
        () => store.create('order-18', aParcel(2), { fence }),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({ code: 'FENCE_INVALID' });
      }
      await expectUntouched(document);
      expect(await store.read('order-18')).toBeUndefined();
    });

    /** A document that was written with a fence. */
    async function guarded(fence: Fence) {
      const document = await put(setting, 'order-17', aParcel(0));
      await setting.store.replace('order-17', aParcel(1), document, { fence });
      return existing(setting.store, 'order-17');
    }

    async function expectUntouched(before: { readonly value: Parcel; readonly etag: string }) {
      for (const reader of [setting.store, setting.other] satisfies DocumentStore<Parcel>[]) {
        const { value, etag } = before;
        expect(await reader.read('order-17'), 'nothing was written').toMatchObject({ value, etag });
      }
    }
  });

  describe('a store that cannot keep fences', () => {
    it('refuses what comes with one, and one that can takes it', async () => {
      const { store, capabilities } = setting;
      const document = await put(setting, 'order-17');
      const write = store.replace('order-17', aParcel(1), document, { fence: aFence(1) });
      if (capabilities.fences) {
        await write;
        return;
      }
      await expect(write).rejects.toMatchObject({ code: 'FENCE_UNSUPPORTED' });
      await expect(
        store.create('order-18', aParcel(1), { fence: aFence(1) }),
      ).rejects.toMatchObject({ code: 'FENCE_UNSUPPORTED' });
      await expect(store.remove('order-17', document, { fence: aFence(1) })).rejects.toMatchObject({
        code: 'FENCE_UNSUPPORTED',
      });
      expect((await existing(store, 'order-17')).etag).toBe(document.etag);
    });
  });
}

function described(rows: typeof orders): [string, Fence, Fence, boolean][] {
  return rows.map(([stored, given, admitted]) => [
    `of ${inWords(given)} is ${admitted ? 'let in' : 'refused'} after ${inWords(stored)}`,
    stored,
    given,
    admitted,
  ]);
}

function inWords({ token, owner }: Fence): string {
  return `token ${token} of ${JSON.stringify(owner.slice(0, 20))}`;
}
