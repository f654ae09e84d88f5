/** Additions: none is lost, from however many connections. */
import { describe, expect, it } from 'vitest';
import { atOnce, connections, type Setting } from './setting.ts';

export function additionCases(setting: Setting): void {
  describe('adding', () => {
    it('to a counter that nobody has added to begins at 0', async () => {
      const { counter, other } = setting;
      expect(await counter.read('orders')).toBe(0n);
      await counter.add('orders', 5);
      expect(await other.read('orders'), 'it is there for every connection').toBe(5n);
    });

    it('changes nothing about another counter', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5);
      await other.add('order', 3);
      await other.add('orders2', 7);
      expect(await counter.read('orders')).toBe(5n);
      expect(await counter.read('order')).toBe(3n);
    });

    it('takes away with a negative amount, also below 0', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5);
      await other.add('orders', -7);
      expect(await counter.read('orders')).toBe(-2n);
      await counter.add('orders', 2n);
      expect(await other.read('orders')).toBe(0n);
    });

    it('0 changes nothing', async () => {
      const { counter } = setting;
      await counter.add('orders', 0);
      expect(await counter.read('orders')).toBe(0n);
      await counter.add('orders', -5);
      await counter.add('orders', -0);
      expect(await counter.read('orders')).toBe(-5n);
    });

    it('20 times one at the same time to 5 gives 25, not 6', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5);
      await atOnce([counter, other], 20, (connection) => connection.add('orders', 1));
      expect(await counter.read('orders')).toBe(25n);
    });

    it('200 times at once from four connections adds up, from the first use on', async () => {
      const counters = await connections(setting, 4);
      await atOnce(counters, 200, (counter, n) => counter.add('orders', n % 3 ? 1 : -2));
      const expected = Array.from({ length: 200 }, (_, n) => (n % 3 ? 1 : -2));
      const sum = expected.reduce((total, amount) => total + amount, 0);
      for (const counter of counters) expect(await counter.read('orders')).toBe(BigInt(sum));
    });

    it('to many new counters at once makes each of them once', async () => {
      const counters = await connections(setting, 4);
      await atOnce(counters, 80, (counter, n) => counter.add(`orders-${n % 5}`, 1));
      for (let n = 0; n < 5; n++) expect(await setting.other.read(`orders-${n}`)).toBe(16n);
    });
  });
}
