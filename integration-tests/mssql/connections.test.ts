/** Whose connections are whose, and what is known when one breaks. */
import { mssqlCounter, mssqlDocumentStore } from '@runafter/mssql';
import { faultProxy } from '@runafter/testkit';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);

  it('a pool that was made here is closed, also by a second close()', async () => {
    const counter = mssqlCounter(url);
    await counter.add('own-pool', 1);
    await Promise.all([counter.close(), counter.close()]);
    await expect(counter.add('own-pool', 1)).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });

  it('a pool that was handed over stays open', async () => {
    const store = mssqlDocumentStore(database.pool);
    await store.create('kept-open', 1);
    await store.close();
    expect(await database.run('SELECT 1 AS one')).toHaveLength(1);
  });

  it('an addition whose connection is cut has an unknown outcome, and the next one works', async () => {
    const { pool, proxy } = await database.faulty();
    const counter = mssqlCounter(pool);
    await counter.add('cut', 1);
    proxy.blackHole('toClient');
    const adding = counter.add('cut', 1);
    const ended = expect(adding).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' },
    });
    await expect.poll(() => mssqlCounter(database.pool).read('cut')).toBe(2n);
    proxy.cut();
    await ended;
    proxy.heal();
    expect(await counter.addAndGet('cut', 1)).toBe(3n);
  });

  it('a server that cannot be reached has done nothing, and is tried anew by the next call', async () => {
    await using proxy = await faultProxy({ url });
    await using counter = mssqlCounter(proxy.url);
    proxy.refuse();
    await expect(counter.add('refused', 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
    proxy.heal();
    expect(await counter.addAndGet('refused', 1)).toBe(1n);
  });

  it('a wrong database is refused, and not tried again', async () => {
    const wrong = url.replace(/Database=[^;]+/i, 'Database=nowhere_at_all');
    await using counter = mssqlCounter(wrong);
    await expect(counter.add('orders', 1, { once: 'a' })).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });
});
