/**
 * Ends a session as an operator does.
 *
 * Babelfish looks for it at as many places as there are sessions. One that stands further behind, since others
 * before it have ended, is found when enough new ones have taken their places.
 * @module
 */
import mssql from 'mssql';

/** How many new sessions it is worth. */
const mostGaps = 20;

/** @param url - where the pool connects to. */
export async function killSession(
  pool: mssql.ConnectionPool,
  url: string,
  id: number,
): Promise<void> {
  await using fillers = new AsyncDisposableStack();
  for (let killer = pool, gaps = 0; ; gaps++) {
    try {
      await killer.query(`KILL ${id}`);
      return;
    } catch (error) {
      if (gaps === mostGaps) throw error;
    }
    killer = fillers.adopt(new mssql.ConnectionPool(url), (filler) => filler.close());
    await killer.connect();
  }
}
