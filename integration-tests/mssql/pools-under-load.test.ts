/** Pools from many sessions at once, on servers with lock hints and on servers without. */
import { type Claimed, type PoolStore, pool } from '@runafter/claim';
import { mssqlPools } from '@runafter/mssql';
import mssql from 'mssql';
import { beforeEach, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';
import { killSession } from './kill-session.ts';

const untilReleased = Number.POSITIVE_INFINITY;

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  /** Two, of four sessions each. Stores, since a pool gives up on a server that is slow to compile. */
  let stores: PoolStore[] = [];

  beforeEach(async () => {
    await database.empty();
    const clients = await Promise.all([0, 1].map((index) => database.poolOf(index)));
    stores = clients.map((client) => mssqlPools(client));
  });

  const licences = (count: number) =>
    Array.from({ length: count }, (_, n) => `E5-${String(n + 1).padStart(3, '0')}`);

  async function put(ids: readonly string[]): Promise<void> {
    const resources = ids.map((id) => ({ id, value: JSON.stringify(id) }));
    await stores[0]?.add({ pool: 'licences', resources, again: false }, {});
  }

  async function claim(
    store: PoolStore,
    owner: string,
    ttl = untilReleased,
  ): Promise<Claimed | undefined> {
    const reply = await store.claim({ pool: 'licences', owner, ttl, place: undefined }, {});
    return reply.granted ? reply : undefined;
  }

  /** So many calls at once, spread over the sessions. */
  function atOnce<T>(count: number, call: (store: PoolStore, n: number) => Promise<T>) {
    return Promise.all(
      Array.from({ length: count }, (_, n) => call(stores[n % 2] as PoolStore, n)),
    );
  }

  describe('many at once', () => {
    it('200 who want one of 150 get each of them once, and 50 are told that there is none', async () => {
      await put(licences(150));
      const claims = await atOnce(200, (store, n) => claim(store, `hire-${n}`));
      const given = claims.flatMap((claimed) => claimed?.id ?? []);
      expect(given.sort()).toEqual(licences(150));
    });

    it('of whom each asks twice get one each', async () => {
      await put(licences(20));
      const claims = await atOnce(40, (store, n) => claim(store, `hire-${n >> 1}`));
      for (let hire = 0; hire < 20; hire++) {
        expect(claims[2 * hire]).toEqual(claims[2 * hire + 1]);
      }
      const given = new Set(claims.map((claimed) => claimed?.id));
      expect([...given].sort()).toEqual(licences(20));
    });

    it('who claim and give back never share one, and its tokens grow', async () => {
      await put(licences(3));
      const holders = new Map<string, string>();
      const tokens = new Map<string, bigint>();
      await atOnce(8, async (store, n) => {
        const owner = `hire-${n}`;
        for (let round = 0; round < 10; round++) {
          const claimed = await claim(store, owner, 600_000);
          if (claimed === undefined) continue;
          const { id, token } = claimed;
          expect(holders.get(id), `who has ${id}`).toBeUndefined();
          expect(token).toBeGreaterThan(tokens.get(id) ?? 0n);
          holders.set(id, owner);
          tokens.set(id, token);
          await store.renew({ pool: 'licences', owner }, 600_000, {});
          holders.delete(id);
          await store.release({ pool: 'licences', owner, forGood: false }, {});
        }
      });
      expect(tokens.get('E5-001')).toBeGreaterThan(1n);
    });
  });

  it('a claim whose session is killed in the middle of it has one resource in the end', async () => {
    await put(licences(3));
    const client = await openPool(url, { sessions: 1 });
    const store = mssqlPools(client);
    // So that it is in the middle when it is at work, and not about to compile.
    await store.claim({ pool: 'none', owner: 'nobody', ttl: 10, place: undefined }, {});
    const [session] = (await client.query<{ id: number }>('SELECT @@SPID AS id')).recordset;
    const unlock = await lockResources();
    const claiming = pool<string>(store, 'licences').claim({
      ...{ mode: 'assign', once: 'hire-1', wait: '50s' },
    });
    try {
      await expect.poll(() => isAtWork(session?.id), { timeout: 20_000 }).toBe(true);
      await killSession(database.pool, url, session?.id ?? 0);
    } finally {
      await unlock();
    }
    const claimed = await claiming;
    await client.close();
    const states = await stores[0]?.inspect('licences', {});
    const held = states?.filter((state) => state.claim !== undefined);
    expect(held).toMatchObject([{ id: claimed.resource, claim: { owner: 'once hire-1' } }]);
  });

  it('operations that were released before the last thousand are forgotten a few at a time', async () => {
    await database.run(`
      DECLARE @n int = 1;
      WHILE @n <= 1010
      BEGIN
        INSERT INTO runafter.pool_retired (pool, owner)
        VALUES (N'licences|', N'once hire-' + CAST(@n AS nvarchar(10)) + N'|');
        SET @n = @n + 1;
      END;`);
    for (const owner of ['once late-1', 'once late-2', 'once late-3']) {
      await stores[0]?.release({ pool: 'licences', owner, forGood: true }, {});
    }
    const rows = await database.run<{ owner: string }>(
      'SELECT owner FROM runafter.pool_retired ORDER BY id',
    );
    expect(rows).toHaveLength(1_000);
    expect(rows.at(0)?.owner).toBe('once hire-14|');
    expect(rows.at(-1)?.owner).toBe('once late-3|');
  });

  /** Locks every row, until what it gives is called. */
  async function lockResources(): Promise<() => Promise<void>> {
    const transaction = new mssql.Transaction(await database.poolOf(0));
    await transaction.begin();
    await transaction.request().query('UPDATE runafter.pool_resources SET value = value');
    return () => transaction.rollback();
  }

  /** Whether a session has been asked for something and has not answered. Babelfish has a word of its own. */
  async function isAtWork(id = 0): Promise<boolean> {
    const rows = await database.run<{ status: string }>(
      `SELECT status FROM sys.dm_exec_sessions WHERE session_id = ${id}`,
    );
    return rows.some(({ status }) => !['sleeping', 'idle'].includes(status.trim()));
  }
});
