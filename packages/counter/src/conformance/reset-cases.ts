/** A reset hands over what it takes: every addition once, to the one who reset or to the counter. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CounterChangedError } from '../counter-errors.ts';
import { greatest, least } from '../counter-rules.ts';
import { answerOf, atOnce, connections, need, type Setting } from './setting.ts';

export function resetCases(setting: Setting): void {
  describe('resetting', () => {
    it('sets a counter to 0, and hands over what it was', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 25);
      expect(await other.reset('orders')).toBe(25n);
      expect(await counter.read('orders')).toBe(0n);
      expect(await counter.reset('orders')).toBe(0n);
      await other.add('orders', -3);
      expect(await counter.reset('orders', { to: 0 })).toBe(-3n);
    });

    it('a counter that nobody has added to gives 0', async () => {
      const { counter, other } = setting;
      expect(await counter.reset('orders')).toBe(0n);
      await other.add('orders', 2);
      expect(await counter.read('orders')).toBe(2n);
    });

    it('leaves other counters alone', async () => {
      const { counter, other } = setting;
      for (const name of ['orders', 'orders-2', 'Orders', 'order']) await counter.add(name, 5);
      await other.reset('orders');
      for (const name of ['orders-2', 'Orders', 'order']) {
        expect(await counter.read(name)).toBe(5n);
      }
    });

    it('while others add hands over every addition exactly once', async () => {
      const counters = await connections(setting, 4);
      const taken = await atOnce(counters, 120, async (counter, n) => {
        if (n % 6 === 5) return counter.reset('orders');
        await counter.add('orders', 1);
        return 0n;
      });
      const sum = taken.reduce((total, value) => total + value, 0n);
      expect(sum + (await setting.other.read('orders')), 'taken and left').toBe(100n);
    });

    it('by ten at once hands over the value to one of them', async () => {
      const counters = await connections(setting, 4);
      await setting.counter.add('orders', 7);
      const taken = await atOnce(counters, 10, (counter) => counter.reset('orders'));
      expect(taken.reduce((total, value) => total + value, 0n)).toBe(7n);
      expect(await setting.other.read('orders')).toBe(0n);
    });
  });

  describe('resetting to a value', () => {
    beforeEach(need(setting, 'resetTo'));

    it.each([5, -5, 5n, 2n ** 53n + 1n, greatest, least])('sets it to %s', async (to) => {
      const { counter, other } = setting;
      await counter.add('orders', 3);
      expect(await other.reset('orders', { to })).toBe(3n);
      expect(await counter.read('orders')).toBe(BigInt(to));
      expect(await other.reset('orders')).toBe(BigInt(to));
    });

    it('sets a counter that nobody has added to', async () => {
      const { counter, other } = setting;
      expect(await counter.reset('orders', { to: 100 })).toBe(0n);
      await other.add('orders', 1);
      expect(await counter.read('orders')).toBe(101n);
    });
  });

  describe('resetting on a condition', () => {
    beforeEach(need(setting, 'conditionalReset'));

    it('is done while the value is the expected one', async () => {
      const { counter, other } = setting;
      expect(await counter.reset('new', { expected: 0 }), 'a new counter is 0').toBe(0n);
      await counter.add('orders', 5);
      expect(await other.reset('orders', { expected: 5n })).toBe(5n);
      expect(await counter.read('orders')).toBe(0n);
      await counter.add('orders', 2n ** 53n + 1n);
      expect(await other.reset('orders', { expected: 2n ** 53n + 1n })).toBe(2n ** 53n + 1n);
    });

    it.each([4, 6, 0, -5, 5n + 2n ** 53n])(
      'is refused when %s is expected of 5',
      async (expected) => {
        const { counter, other } = setting;
        await counter.add('orders', 5);
        const refused = other.reset('orders', { expected });
        await expect(refused).rejects.toBeInstanceOf(CounterChangedError);
        await expect(refused).rejects.toMatchObject({
          code: 'COUNTER_CHANGED',
          service: other.name,
          counter: 'orders',
          expected: BigInt(expected),
          actual: 5n,
        });
        expect(await counter.read('orders'), 'nothing is changed').toBe(5n);
      },
    );

    it('of a new counter is refused when anything but 0 is expected', async () => {
      const { counter } = setting;
      await expect(counter.reset('orders', { expected: 1 })).rejects.toMatchObject({
        code: 'COUNTER_CHANGED',
        actual: 0n,
      });
    });

    it('compares exactly above 2^53', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 2n ** 53n + 1n);
      await expect(other.reset('orders', { expected: 2n ** 53n })).rejects.toMatchObject({
        code: 'COUNTER_CHANGED',
        actual: 2n ** 53n + 1n,
      });
    });

    it('is done for one of 20 who expect the same', async (context) => {
      need(setting, 'resetTo')(context);
      const counters = await connections(setting, 4);
      await setting.counter.add('orders', 5);
      const answers = await atOnce(counters, 20, (counter, n) =>
        answerOf(counter.reset('orders', { expected: 5, to: 100 + n }).then(() => 100 + n)),
      );
      const won = answers.flatMap((answer) => ('done' in answer ? answer.done : []));
      expect(won).toHaveLength(1);
      for (const answer of answers) {
        if ('refused' in answer) expect(answer.refused).toMatchObject({ code: 'COUNTER_CHANGED' });
      }
      expect(await setting.other.read('orders')).toBe(BigInt(won[0] ?? -1));
    });
  });

  describe('a counter that cannot be reset so', () => {
    it('says so and changes nothing, and one that can does it', async () => {
      const { counter, capabilities } = setting;
      await counter.add('orders', 5);
      if (!capabilities.conditionalReset) {
        await expect(counter.reset('orders', { expected: 5 })).rejects.toMatchObject({
          code: 'COUNTER_RESET_UNSUPPORTED',
        });
      }
      if (!capabilities.resetTo) {
        await expect(counter.reset('orders', { to: 7 })).rejects.toMatchObject({
          code: 'COUNTER_RESET_UNSUPPORTED',
        });
      }
      expect(await counter.read('orders')).toBe(5n);
    });
  });
}
