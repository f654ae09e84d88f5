/** An addition whose reply was lost counts once with an operation id, and never twice without. */
import { beforeEach, describe, expect, it } from 'vitest';
import { answerOf, atomic, faulty, need, type Setting } from './setting.ts';

export function lostReplyCases(setting: Setting): void {
  describe('an addition whose reply is lost', () => {
    beforeEach(need(setting, 'lostReplies'));

    it('counts once with an operation id, and is told as done', async () => {
      const { counter, loseReply } = await faulty(setting);
      await counter.add('orders', 1, { once: 'warm' });
      for (let n = 1; n <= 3; n++) {
        loseReply();
        await counter.add('orders', 10, { once: `op-${n}` });
        expect(await setting.other.read('orders')).toBe(BigInt(1 + 10 * n));
      }
    });

    it('counts once although others have added since', async () => {
      const { counter, loseReply } = await faulty(setting);
      const { other } = setting;
      await counter.add('orders', 1, { once: 'warm' });
      loseReply(async () => {
        for (let n = 0; n < 40; n++) await other.add('orders', 1, { once: `other-${n}` });
      });
      await counter.add('orders', 100, { once: 'op' });
      expect(await other.read('orders')).toBe(141n);
    });

    it('does not count again after a reset', async () => {
      const { counter, loseReply } = await faulty(setting);
      const { other } = setting;
      await counter.add('orders', 1, { once: 'warm' });
      let taken = 0n;
      loseReply(async () => {
        taken = await other.reset('orders');
      });
      await counter.add('orders', 10, { once: 'op' });
      expect(taken + (await other.read('orders'))).toBe(11n);
    });

    it('without one is never added twice: done, or of unknown outcome', async () => {
      const { counter, loseReply } = await faulty(setting);
      await counter.add('orders', 1);
      loseReply();
      const answer = await answerOf(counter.add('orders', 10));
      if ('refused' in answer) {
        expect(answer.refused).toMatchObject({ code: 'OUTCOME_UNKNOWN', key: 'orders' });
      }
      expect(await setting.other.read('orders')).toBe(11n);
      await counter.add('orders', 5);
      expect(await setting.other.read('orders'), 'and the counter goes on').toBe(16n);
    });

    it('tells the value of now when it is made again', async (context) => {
      need(setting, 'addAndGet')(context);
      const { counter, loseReply } = await faulty(setting);
      await counter.add('orders', 1, { once: 'warm' });
      loseReply();
      expect(await atomic(counter).addAndGet('orders', 10, { once: 'op' })).toBe(11n);
    });
  });

  describe('a reset whose reply is lost', () => {
    beforeEach(need(setting, 'lostReplies', 'conditionalReset', 'resetTo'));

    it('has an unknown outcome, and with what was expected the value tells it', async () => {
      const { counter, loseReply } = await faulty(setting);
      await counter.add('orders', 5);
      loseReply();
      await expect(counter.reset('orders', { expected: 5, to: 1000 })).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        key: 'orders',
      });
      expect(await setting.other.read('orders')).toBe(1000n);
    });
  });
}
