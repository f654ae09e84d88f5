/** Counters from many connections at once, on servers with lock hints and on servers without. */
import type { AtomicCounter } from '@runafter/counter';
import { mssqlCounter } from '@runafter/mssql';
import { beforeEach, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  let counters: AtomicCounter[] = [];

  beforeEach(async () => {
    await database.empty();
    const pools = await Promise.all([0, 1].map((index) => database.poolOf(index)));
    counters = pools.map((pool) => mssqlCounter(pool));
  });

  /** So many calls at once, spread over the connections. */
  function atOnce<T>(count: number, call: (counter: AtomicCounter, n: number) => Promise<T>) {
    return Promise.all(
      Array.from({ length: count }, (_, n) => call(counters[n % 2] as AtomicCounter, n)),
    );
  }
  const sumOf = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);

  describe('many at once', () => {
    it('that add to a new counter all count, and each gets a number of his own', async () => {
      for (let round = 1; round <= 10; round++) {
        const name = `orders-${round}`;
        const values = await atOnce(20, (counter) => counter.addAndGet(name, 1));
        expect(new Set(values).size, name).toBe(20);
        expect(await counters[0]?.read(name)).toBe(20n);
      }
    });

    it('that bring the same ids count each once, and see that it was counted', async () => {
      for (let round = 1; round <= 4; round++) {
        const values = await atOnce(60, (counter, n) =>
          counter.addAndGet('orders', 1, { once: `round-${round}/${n % 6}` }),
        );
        expect(await counters[0]?.read('orders')).toBe(BigInt(6 * round));
        const before = BigInt(6 * (round - 1));
        for (const value of values) expect(value).toBeGreaterThan(before);
      }
    });

    it('that bring ids which have expired count each once', async () => {
      const round = () =>
        atOnce(64, (counter, n) =>
          counter.add(`counter-${n % 4}`, 1, { once: `order-${(n * 7) % 16}` }),
        );
      await round();
      await database.run('UPDATE runafter.counter_operations SET expires_at = 0');
      await round();
      const values = await atOnce(4, (counter, n) => counter.read(`counter-${n}`));
      const [kept] = await database.run<{ ids: number }>(
        'SELECT COUNT(*) AS ids FROM runafter.counter_operations WHERE expires_at > 0',
      );
      expect(sumOf(values)).toBe(BigInt(2 * (kept?.ids ?? 0)));
    });

    it('that add and reset lose nothing: a reset hands it over, or the counter still has it', async () => {
      const taken = await atOnce(60, async (counter, n) => {
        if (n % 6 === 0) return counter.reset('orders');
        await counter.add('orders', 1, n % 2 === 0 ? {} : { once: `order-${n}` });
        return 0n;
      });
      const left = (await counters[0]?.read('orders')) ?? 0n;
      expect(sumOf(taken) + left).toBe(50n);
    });
  });

  it('ids that have expired are deleted in the course of later additions', async () => {
    const [counter] = counters;
    for (let n = 0; n < 10; n++) await counter?.add('orders', 1, { once: `order-${n}` });
    await database.run('UPDATE runafter.counter_operations SET expires_at = 0');
    await counter?.add('others', 1, { once: 'a' });
    await counter?.add('others', 1, { once: 'b' });
    const rows = await database.run(
      'SELECT operation FROM runafter.counter_operations ORDER BY operation',
    );
    expect([...rows]).toEqual([{ operation: 'a|' }, { operation: 'b|' }]);
  });
});
