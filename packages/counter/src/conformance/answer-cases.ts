/** Who adds and asks in one step gets a number of his own. */
import { beforeEach, describe, expect, it } from 'vitest';
import { atOnce, atomic, connections, need, type Setting } from './setting.ts';

export function answerCases(setting: Setting): void {
  describe('adding and getting', () => {
    beforeEach(need(setting, 'addAndGet'));

    it('tells the value right after the addition', async () => {
      const { counter, other } = setting;
      expect(await atomic(counter).addAndGet('tickets', 1)).toBe(1n);
      await other.add('tickets', 5);
      expect(await atomic(other).addAndGet('tickets', 1n)).toBe(7n);
      expect(await atomic(counter).addAndGet('tickets', -10)).toBe(-3n);
      expect(await atomic(counter).addAndGet('tickets', 0)).toBe(-3n);
      expect(await other.read('tickets')).toBe(-3n);
    });

    it('tells no two of 100 at the same time the same value', async () => {
      const counters = await connections(setting, 4);
      const values = await atOnce(counters, 100, (counter) =>
        atomic(counter).addAndGet('tickets', 1),
      );
      expect(values.toSorted((a, b) => Number(a - b))).toEqual(
        Array.from({ length: 100 }, (_, n) => BigInt(n + 1)),
      );
    });

    it('tells values that are one sum, whatever the amounts', async () => {
      const counters = await connections(setting, 4);
      const amounts = Array.from({ length: 60 }, (_, n) => 1n << BigInt(n));
      const values = await atOnce(counters, amounts.length, (counter, n) =>
        atomic(counter).addAndGet('tickets', amounts[n] ?? 0n),
      );
      // Each amount is a bit of its own, so a value tells which additions came before it.
      let before = 0n;
      for (const value of values.toSorted((a, b) => (a < b ? -1 : 1))) {
        const added = value - before;
        expect(amounts, 'one addition after another').toContain(added);
        expect(values[amounts.indexOf(added)], 'told to who added it').toBe(value);
        before = value;
      }
    });

    it('tells the value of now for an operation that has counted', async () => {
      const { counter, other } = setting;
      expect(await atomic(counter).addAndGet('tickets', 5, { once: 'op' })).toBe(5n);
      await other.add('tickets', 10);
      expect(await atomic(other).addAndGet('tickets', 5, { once: 'op' })).toBe(15n);
      await counter.reset('tickets');
      expect(await atomic(counter).addAndGet('tickets', 5, { once: 'op' })).toBe(0n);
    });
  });
}
