/** Pools behind a pooler in transaction mode, where no session can listen: everything works, by polling. */
import { pool as resourcePool } from '@runafter/claim';
import { postgresPools } from '@runafter/postgres';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';
import { startPgBouncer } from './pg-bouncer.ts';

const { CI, TEST_SERVICES } = process.env;

await onService('postgres', async ({ url }) => {
  const database = useDatabase(url);
  const pooler = await startPgBouncer(url).catch((error: Error) => {
    if (CI || TEST_SERVICES) throw error;
    return error;
  });
  if (pooler instanceof Error) {
    it('behind PgBouncer', ({ skip }) => skip(`no PgBouncer, since ${pooler.message}`));
    return;
  }
  const { url: pooled, stop } = pooler;
  beforeEach(() => database.empty());
  afterAll(stop);

  function open(address: string, resources: readonly string[] = []) {
    const store = postgresPools(address);
    const opened = resourcePool(store, 'licences', resources, { poll: 50 });
    onTestFinished(async () => {
      await opened.close();
      await store.close();
    });
    return opened;
  }

  it('each resource has one holder at a time, of many who wait on several stores', async () => {
    const pools = Array.from({ length: 4 }, () => open(pooled, ['a', 'b']));
    const holders = { a: 0, b: 0 };
    const turns = Array.from({ length: 20 }, async (_, n) => {
      await using lease = await pools[n % 4]?.claim({ mode: 'lease', wait: '30s' });
      const id = lease?.resource as 'a' | 'b';
      expect(++holders[id]).toBe(1);
      await database.pool.query('SELECT 1');
      holders[id]--;
      return lease?.token;
    });
    expect(await Promise.all(turns)).not.toContain(undefined);
    expect((await pools[0]?.inspect())?.every(({ claim }) => claim === undefined)).toBe(true);
  });

  it('an operation has the same resource there and on a direct connection', async () => {
    const assigned = await open(pooled, ['a', 'b']).claim({ mode: 'assign', once: 'hire-1' });
    const direct = open(url);
    expect(await direct.claim({ mode: 'assign', once: 'hire-1' })).toMatchObject({
      resource: assigned.resource,
      token: assigned.token,
    });
    expect(await direct.release('hire-1')).toBe(true);
  });
});
