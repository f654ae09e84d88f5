/** What locks are for, as a test: a number that is read, and written later, by one at a time. */
import { type Lock, withLock } from '@runafter/lock';
import type pg from 'pg';

/** @returns 40, unless somebody was not alone. */
export async function sumInTurns(locks: readonly Lock[], pool: pg.Pool): Promise<number> {
  let sum = 0;
  const turns = Array.from({ length: 40 }, (_, n) =>
    withLock(locks[n % locks.length] as Lock, 'sum', async () => {
      const read = sum;
      await pool.query('SELECT 1');
      sum = read + 1;
    }),
  );
  await Promise.all(turns);
  return sum;
}
