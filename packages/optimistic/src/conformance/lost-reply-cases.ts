/** A write whose reply was lost is never called a conflict, and update() does nothing twice. */
import { beforeEach, describe, expect, it } from 'vitest';
import { update } from '../update/update.ts';
import { answerOf, aParcel, existing, faulty, need, put, type Setting } from './setting.ts';

export function lostReplyCases(setting: Setting): void {
  describe('a write whose reply is lost', () => {
    beforeEach(need(setting, 'lostReplies'));

    it('has an unknown outcome, and was done', async () => {
      const { store, loseReply } = await faulty(setting);
      const { other } = setting;
      await put(setting, 'order-17', aParcel(1));
      // The connection is warm: what it does once at the beginning is over.
      const before = await existing(store, 'order-17');
      const etag = await store.replace('order-17', aParcel(2), before);
      const now = await existing(store, 'order-17');
      expect(now.etag).toBe(etag);

      loseReply();
      const lost = store.replace('order-17', aParcel(3), now, { writeId: 'lost' });
      await expect(lost, 'neither done nor a conflict').rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        store: store.name,
        key: 'order-17',
        cause: { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' },
      });
      const after = await existing(other, 'order-17');
      expect(after.value).toEqual(aParcel(3));
      expect(after.etag).not.toBe(now.etag);
      if (setting.capabilities.writeIds) expect(after.writes?.latest).toBe('lost');
      await store.replace('order-17', aParcel(4), await existing(store, 'order-17'));
    });

    it('that creates has an unknown outcome, and was done', async (context) => {
      need(setting, 'create')(context);
      const { store, loseReply } = await faulty(setting);
      await store.create('order-1', aParcel(1));
      loseReply();
      await expect(store.create('order-2', aParcel(2))).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
      });
      expect((await existing(store, 'order-2')).value).toEqual(aParcel(2));
    });

    it('that removes has an unknown outcome, and was done', async (context) => {
      need(setting, 'remove')(context);
      const { store, loseReply } = await faulty(setting);
      await put(setting, 'order-1');
      await store.remove('order-1', await existing(store, 'order-1'));
      await put(setting, 'order-2');
      const document = await existing(store, 'order-2');
      loseReply();
      await expect(store.remove('order-2', document)).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
      });
      expect(await setting.other.read('order-2')).toBeUndefined();
    });

    it('is no excuse for a read that is wrong', async () => {
      const { store, loseReply } = await faulty(setting);
      await put(setting, 'order-17', aParcel(1));
      await existing(store, 'order-17');
      loseReply();
      const answer = await answerOf(store.read('order-17'));
      if ('done' in answer) expect(answer.done?.value).toEqual(aParcel(1));
      else expect(answer.refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect((await existing(store, 'order-17')).value).toEqual(aParcel(1));
    });
  });

  describe('update() whose reply is lost', () => {
    beforeEach(need(setting, 'lostReplies', 'writeIds', 'create'));

    it('changes the document once', async () => {
      const { store, loseReply } = await faulty(setting);
      await store.create('order-17', aParcel(1));
      let changes = 0;
      const updated = await update(store, 'order-17', (current = aParcel(0)) => {
        if (changes++ === 0) loseReply();
        return aParcel(current.count + 1);
      });
      expect(updated.value).toEqual(aParcel(2));
      expect((await existing(setting.other, 'order-17')).value, 'once').toEqual(aParcel(2));
    });

    it('changes it once although others write before it gets through again', async () => {
      const { store, loseReply } = await faulty(setting);
      await store.create('order-17', aParcel(0));
      let changes = 0;
      await update(store, 'order-17', (current = aParcel(0)) => {
        if (changes++ === 0) loseReply(() => writeMore(10));
        return aParcel(current.count + 1);
      });
      expect((await existing(setting.other, 'order-17')).value, '10 + 1').toEqual(aParcel(11));
    });

    it('creates it once although others write before it gets through again', async () => {
      const { store, loseReply } = await faulty(setting);
      await store.create('order-16', aParcel(0));
      let changes = 0;
      await update(store, 'order-17', (current = aParcel(0)) => {
        if (changes++ === 0) loseReply(() => writeMore(10));
        return aParcel(current.count + 1);
      });
      expect((await existing(setting.other, 'order-17')).value, '10 + 1').toEqual(aParcel(11));
    });

    it('says so when more have written than ids are kept', async () => {
      const { store, loseReply } = await faulty(setting);
      await store.create('order-17', aParcel(0));
      let changes = 0;
      const lost = update(store, 'order-17', (current = aParcel(0)) => {
        if (changes++ === 0) loseReply(() => writeMore(40));
        return aParcel(current.count + 1);
      });
      await expect(lost).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect((await existing(setting.other, 'order-17')).value, '40 + 1').toEqual(aParcel(41));
    });

    async function writeMore(times: number): Promise<void> {
      const { other } = setting;
      for (let n = 0; n < times; n++) {
        const document = await existing(other, 'order-17');
        await other.replace('order-17', aParcel(document.value.count + 1), document);
      }
    }
  });
}
