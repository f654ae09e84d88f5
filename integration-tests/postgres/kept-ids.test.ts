/** However many operation ids are kept, an addition reads the few that it needs. */
import { postgresCounter } from '@runafter/postgres';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  it('an addition with an id reads no other ids that are still kept', async () => {
    await database.pool.query(`
      INSERT INTO runafter.counter_operations (counter, operation, expires_at)
      SELECT 'orders', 'order-' || n, now() + interval '1 day' FROM generate_series(1, 20000) AS n`);
    await database.pool.query('ANALYZE runafter.counter_operations');
    // One session for both, because each session reports its own reads.
    const pool = openPool({ connectionString: url, max: 1 });
    const reads = async () => {
      await pool.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await pool.query(`
        SELECT (seq_tup_read + idx_tup_fetch)::int AS rows_read,
          (SELECT sum(idx_tup_read)::int FROM pg_stat_user_indexes
           WHERE relname = 'counter_operations') AS entries_read
        FROM pg_stat_user_tables WHERE relname = 'counter_operations'`);
      return rows[0].rows_read + rows[0].entries_read;
    };
    const counter = postgresCounter(pool);
    await counter.add('orders', 1, { once: 'first' });
    const before = await reads();
    for (let n = 0; n < 10; n++) await counter.add('orders', 1, { once: `new-${n}` });
    const after = await reads();
    await pool.end();
    expect(after - before).toBeLessThan(1_000);
  });
});
