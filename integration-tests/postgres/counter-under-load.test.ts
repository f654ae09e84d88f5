/** Counters under every isolation level that a user may have set as the default, and without a deadlock. */
import type { AtomicCounter } from '@runafter/counter';
import { postgresCounter } from '@runafter/postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

const levels = ['read committed', 'repeatable read', 'serializable'];

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  async function deadlocks(): Promise<number> {
    const { rows } = await database.pool.query(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    return rows[0].deadlocks;
  }

  describe.each(levels)('where transactions are %s by default', (level) => {
    let counters: AtomicCounter[] = [];

    beforeEach(async () => {
      await database.empty();
      const options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
      counters = Array.from({ length: 4 }, () =>
        postgresCounter({ connectionString: url, max: 4, options }),
      );
    });
    afterEach(() => Promise.all(counters.map((counter) => counter.close())));

    /** So many calls at once, spread over the connections. */
    function atOnce<T>(count: number, call: (counter: AtomicCounter, n: number) => Promise<T>) {
      return Promise.all(
        Array.from({ length: count }, (_, n) => call(counters[n % 4] as AtomicCounter, n)),
      );
    }

    it('each of 60 additions at once counts, and gets a number of its own', async () => {
      const values = await atOnce(60, (counter) => counter.addAndGet('orders', 1));
      expect(new Set(values).size).toBe(60);
      expect(await counters[0]?.read('orders')).toBe(60n);
    });

    it('an id counts once, however many bring it at once', async () => {
      const values = await atOnce(60, (counter, n) =>
        counter.addAndGet('orders', 1, { once: `order-${n % 15}` }),
      );
      expect(await counters[0]?.read('orders')).toBe(15n);
      for (const value of values) expect(value).toBeGreaterThanOrEqual(1n);
    });

    it('an id that has expired counts again, once, and meets no deadlock', async () => {
      const before = await deadlocks();
      const round = () =>
        atOnce(64, (counter, n) =>
          counter.add(`counter-${n % 4}`, 1, { once: `order-${(n * 7) % 16}` }),
        );
      await round();
      await database.pool.query(
        `UPDATE runafter.counter_operations SET expires_at = now() - interval '1 s'`,
      );
      await round();
      const values = await Promise.all([0, 1, 2, 3].map((n) => counters[0]?.read(`counter-${n}`)));
      const { rows } = await database.pool.query(
        'SELECT count(*)::int FROM runafter.counter_operations WHERE expires_at > now()',
      );
      expect(values.reduce((sum = 0n, value = 0n) => sum + value)).toBe(BigInt(2 * rows[0].count));
      expect(await deadlocks()).toBe(before);
    });

    it('of every addition either a reset hands it over or the counter still has it', async () => {
      const taken = await atOnce(60, async (counter, n) => {
        if (n % 6 === 0) return counter.reset('orders');
        await counter.add('orders', 1);
        return 0n;
      });
      const left = (await counters[0]?.read('orders')) ?? 0n;
      expect(taken.reduce((sum, value) => sum + value, left)).toBe(50n);
    });
  });

  it('an addition does not wait for ids that have expired and that somebody else has locked', async () => {
    await database.empty();
    const counter = postgresCounter(database.pool);
    await counter.add('orders', 1, { once: 'order-1' });
    await database.pool.query('UPDATE runafter.counter_operations SET expires_at = now()');
    const holder = await database.pool.connect();
    try {
      await holder.query('BEGIN; SELECT FROM runafter.counter_operations FOR UPDATE');
      expect(await counter.addAndGet('orders', 1, { once: 'order-2' })).toBe(2n);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
  });

  it('ids that have expired are deleted in the course of later additions', async () => {
    await database.empty();
    const counter = postgresCounter(database.pool);
    for (let n = 0; n < 10; n++) await counter.add('orders', 1, { once: `order-${n}` });
    await database.pool.query(`UPDATE runafter.counter_operations SET expires_at = now()`);
    await counter.add('others', 1, { once: 'a' });
    await counter.add('others', 1, { once: 'b' });
    const { rows } = await database.pool.query(
      'SELECT operation FROM runafter.counter_operations ORDER BY 1',
    );
    expect(rows).toEqual([{ operation: 'a' }, { operation: 'b' }]);
  });
});
