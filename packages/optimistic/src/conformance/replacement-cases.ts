/** Nobody overwrites what he has not read. */
import { describe, expect, it } from 'vitest';
import { EtagMismatchError } from '../document-errors.ts';
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

/** None of these is the ETag of a version, whatever a backend may do with a star. */
const noEtags = [
  '*',
  '',
  '""',
  '0',
  '"0"',
  'W/"1"',
  '1, 2',
  "' or 1=1 --",
  '%',
  'ä€😀',
  'x'.repeat(300),
];

export function replacementCases(setting: Setting): void {
  describe('replacing a document', () => {
    it('takes the document that was read, or its ETag', async () => {
      const { store, other } = setting;
      const read = await put(setting, 'order-17');
      const second = await store.replace('order-17', aParcel(1), read);
      const third = await other.replace('order-17', aParcel(2), second);
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(2), etag: third });
    });

    it('takes a document that was read on another connection', async () => {
      const { store, other } = setting;
      await put(setting, 'order-17');
      const etag = await store.replace('order-17', aParcel(1), await existing(other, 'order-17'));
      expect(await other.read('order-17')).toMatchObject({ value: aParcel(1), etag });
    });

    it('is refused to the second of two who read the same version', async () => {
      const { store, other } = setting;
      await put(setting, 'order-17');
      const mine = await existing(store, 'order-17');
      const theirs = await existing(other, 'order-17');
      const etag = await other.replace('order-17', aParcel(1, 'theirs'), theirs);

      for (const version of [mine, mine.etag]) {
        const late = store.replace('order-17', aParcel(2, 'mine'), version);
        await expect(late).rejects.toBeInstanceOf(EtagMismatchError);
        await expect(late).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
          store: store.name,
          key: 'order-17',
          etag: mine.etag,
        });
      }
      expect(await store.read('order-17'), 'the first one stays').toMatchObject({
        value: aParcel(1, 'theirs'),
        etag,
      });
    });

    it('is refused when the value is the same again, but was another one in between', async () => {
      const { store, other } = setting;
      const before = await put(setting, 'order-17', aParcel(1));
      const changed = await other.replace('order-17', aParcel(2), before.etag);
      await other.replace('order-17', aParcel(1), changed);
      for (const version of [before, before.etag]) {
        await expect(store.replace('order-17', aParcel(3), version)).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
      }
      expect((await existing(store, 'order-17')).value).toEqual(aParcel(1));
    });

    it('is refused when the document was removed and created again', async (context) => {
      need(setting, 'create', 'remove')(context);
      const { store, other } = setting;
      const before = await put(setting, 'order-17', aParcel(1));
      await other.remove('order-17', before.etag);
      const etag = await other.create('order-17', aParcel(1));
      for (const version of [before, before.etag]) {
        await expect(store.replace('order-17', aParcel(2), version)).rejects.toMatchObject({
          code: 'ETAG_MISMATCH',
        });
      }
      expect(await store.read('order-17')).toMatchObject({ value: aParcel(1), etag });
    });

    it('that is not there is refused, and creates nothing', async () => {
      const { store } = setting;
      const { etag } = await put(setting, 'order-17');
      await expect(store.replace('order-18', aParcel(2), etag)).rejects.toMatchObject({
        code: 'ETAG_MISMATCH',
      });
      expect(await store.read('order-18')).toBeUndefined();
    });

    it.each(noEtags)('with %j, which is no ETag of it, is refused', async (etag) => {
      const { store } = setting;
      await put(setting, 'order-17', aParcel(1));
      await expect(store.replace('order-17', aParcel(2), etag)).rejects.toMatchObject({
        code: 'ETAG_MISMATCH',
      });
      expect((await existing(store, 'order-17')).value).toEqual(aParcel(1));
    });

    it('is done for exactly one of 40 who read the same version, from four connections', async () => {
      const stores = await connections(setting, 4);
      await put(setting, 'order-17', aParcel(-1));
      const versions = await Promise.all(stores.map((store) => existing(store, 'order-17')));
      const answers = await atOnce(stores, 40, async (store, n) => {
        const version = versions[n % stores.length] ?? '';
        const given = n < 20 || typeof version === 'string' ? version : version.etag;
        const write = store.replace('order-17', aParcel(n), given);
        return answerOf(write.then((etag) => ({ n, etag })));
      });
      const won = answers.flatMap((answer) => ('done' in answer ? answer.done : []));
      const lost = answers.flatMap((answer) => ('refused' in answer ? answer.refused : []));

      expect(won, 'one replaces it').toHaveLength(1);
      for (const error of lost) expect(error).toMatchObject({ code: 'ETAG_MISMATCH' });
      expect(
        await setting.other.read('order-17'),
        'it is the one of who was told so',
      ).toMatchObject({ value: aParcel(won[0]?.n ?? -1), etag: won[0]?.etag });
    });

    it('gives it an ETag that it never had, also with the same value', async () => {
      const { store, other } = setting;
      let { etag } = await put(setting, 'order-17', aParcel(1));
      const etags = [etag];
      for (let n = 0; n < 40; n++) {
        etag = await (n % 2 ? store : other).replace('order-17', aParcel(1), etag);
        etags.push(etag);
      }
      expect(new Set(etags).size).toBe(etags.length);
    });
  });
}
