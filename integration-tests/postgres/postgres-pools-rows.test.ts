/** Pools are rows: by whose time they expire, who is told, what an operator may do to them, and what a role needs. */
import { hash } from 'node:crypto';
import { type PoolStore, pool as resourcePool } from '@runafter/claim';
import { virtualClock } from '@runafter/clock';
import { migrate, type PostgresPoolsOptions, postgresPools } from '@runafter/postgres';
import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';

const pool = 'licences';
const forever = Number.POSITIVE_INFINITY;

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  async function open(client: string | pg.PoolConfig = url, options?: PostgresPoolsOptions) {
    const store = postgresPools(client, options);
    onTestFinished(() => store.close());
    return store;
  }

  /** With some resources, that of the first letter first. */
  async function openWith(ids: string, client?: string | pg.PoolConfig): Promise<PoolStore> {
    const store = await open(client);
    await add(store, ids);
    return store;
  }

  function add(store: PoolStore, ids: string, again = false): Promise<void> {
    const resources = Array.from(ids, (id) => ({ id, value: `"${id}"` }));
    return store.add({ pool, resources, again }, {});
  }

  function claim(store: PoolStore, owner: string, ttl = forever) {
    return store.claim({ pool, owner, ttl, place: undefined }, {});
  }

  function release(store: PoolStore, owner: string, forGood = false) {
    return store.release({ pool, owner, forGood }, {});
  }

  async function beginTransaction(change: string): Promise<pg.PoolClient> {
    const operator = await database.pool.connect();
    onTestFinished(() => operator.release(true));
    await operator.query('BEGIN');
    await operator.query(change);
    return operator;
  }

  async function untilWaits(name: string): Promise<void> {
    const waiting = async () => {
      const { rows } = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
        [name],
      );
      return rows.length;
    };
    await expect.poll(waiting, { interval: 5 }).toBe(1);
  }

  describe('an owner stands in one row', () => {
    const named = { connectionString: url, application_name: 'other' };

    it('so who is given something while being released for good, is not', async () => {
      const store = await openWith('ab', named);
      // What a claim does that has not committed yet.
      const claiming = await beginTransaction(
        `UPDATE runafter.pool_entries SET owner = 'ann', expires_at = 'infinity' WHERE id = 'b'`,
      );
      const releasing = release(store, 'ann', true);
      await untilWaits('other');
      await claiming.query('COMMIT');
      expect(await releasing).toBe(true);
      expect((await store.inspect(pool, {})).flatMap(({ claim }) => claim ?? [])).toEqual([]);
      expect(await claim(store, 'ann')).toEqual({ granted: false, retired: true });
    });

    it('so who is released for good while claiming gets nothing', async () => {
      const store = await openWith('ab', named);
      const releasing = await beginTransaction(
        `INSERT INTO runafter.pool_entries (pool, owner) VALUES ('${pool}', 'ann')`,
      );
      const claiming = claim(store, 'ann');
      await untilWaits('other');
      await releasing.query('COMMIT');
      expect(await claiming).toEqual({ granted: false, retired: true });
    });

    it('so who claims twice at once has what the first claim has', async () => {
      const store = await openWith('ab', named);
      const first = await beginTransaction(
        `UPDATE runafter.pool_entries SET owner = 'ann', token = 7, expires_at = 'infinity' WHERE id = 'b'`,
      );
      const claiming = claim(store, 'ann');
      await untilWaits('other');
      await first.query('COMMIT');
      expect(await claiming).toMatchObject({ id: 'b', token: 7n });
    });

    it('also in that of a resource which it has lost, until it claims again', async () => {
      const store = await openWith('ab');
      await claim(store, 'bob');
      expect(await claim(store, 'ann', 600_000)).toMatchObject({ id: 'b' });
      await database.pool.query(
        `UPDATE runafter.pool_entries SET expires_at = now() WHERE owner = 'ann'`,
      );
      await release(store, 'bob');
      expect(await claim(store, 'ann')).toMatchObject({ id: 'a', token: 2n });
      expect(await claim(store, 'bob')).toMatchObject({ id: 'b', token: 2n });
    });
  });

  it('the server’s time counts, whatever the clock of a claimant says', async () => {
    const clock = virtualClock({ start: new Date('1996-02-29') });
    const store = await open(url, { clock });
    await add(store, 'a');
    await claim(store, 'ann', 60_000);
    const [entry] = await store.inspect(pool, {});
    expect(entry?.claim?.expiresIn).toBeGreaterThan(50_000);
    expect(Math.abs((entry?.claim?.claimedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await claim(store, 'bob')).toMatchObject({ granted: false });
    await database.pool.query('UPDATE runafter.pool_entries SET expires_at = now()');
    expect(await store.renew({ pool, owner: 'ann' }, 60_000, {})).toBe(false);
    expect(await claim(store, 'bob')).toMatchObject({ id: 'a', token: 2n });
  });

  it('a release notifies only when somebody waits who hears', async () => {
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    const heard: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => heard.push(payload));
    await client.query(`LISTEN runafter_pools_${hash('sha256', 'runafter').slice(0, 16)}`);
    const store = await openWith('a');
    await claim(store, 'ann');
    await release(store, 'ann');
    await client.query('SELECT 1');
    expect(heard).toEqual([]);
    await claim(store, 'ann');
    const waiting = resourcePool(await open(), pool, [], { poll: '1h' });
    onTestFinished(() => waiting.close());
    const claimed = waiting.claim({ mode: 'lease', wait: '1m' });
    const isWanted = async () =>
      (await database.pool.query('SELECT wanted_until > now() AS it FROM runafter.pools')).rows;
    await expect.poll(isWanted).toEqual([{ it: true }]);
    await release(store, 'ann');
    expect(await claimed).toMatchObject({ resource: 'a', token: 3n });
    await client.query('SELECT 1');
    expect(heard).toContain(pool);
    const count = heard.length;
    await add(store, 'a');
    await store.renew({ pool, owner: 'ann' }, 60_000, {});
    await client.query('SELECT 1');
    expect(heard, 'of what changes nothing for who waits').toHaveLength(count);
  });

  it('no more owners are kept that were released for good than 1,100 and a few', async () => {
    const store = await openWith('a');
    await database.pool.query(
      `INSERT INTO runafter.pool_entries (pool, owner) SELECT $1, 'hire-' || n FROM generate_series(1, 1120) AS n`,
      [pool],
    );
    for (let n = 1; n <= 6; n++) await release(store, `new-${n}`, true);
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS kept, count(*) FILTER (WHERE owner LIKE 'new-%')::int AS new
       FROM runafter.pool_entries WHERE id IS NULL`,
    );
    expect(rows).toEqual([{ kept: 1_101, new: 6 }]);
    expect(await store.inspect(pool, {})).toHaveLength(1);
  });

  it('a token is exact, however large an operator has made it', async () => {
    const store = await openWith('a');
    await database.pool.query('UPDATE runafter.pool_entries SET token = 2::numeric ^ 62');
    expect(await claim(store, 'ann')).toMatchObject({ token: 2n ** 62n + 1n });
  });

  it('an operator takes a resource away by taking its owner out of the row', async () => {
    const store = await openWith('a');
    await claim(store, 'ann');
    await database.pool.query(`UPDATE runafter.pool_entries SET owner = NULL WHERE id = 'a'`);
    expect(await store.renew({ pool, owner: 'ann' }, 1_000, {})).toBe(false);
    expect(await claim(store, 'bob')).toMatchObject({ id: 'a', token: 2n });
  });

  it('whose sessions are ended by the server, claims with the next one', async () => {
    const named = { connectionString: url, application_name: 'ended' };
    const licences = resourcePool(await openWith('ab', named), pool);
    onTestFinished(() => licences.close());
    const end = () =>
      database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'`,
      );
    for (const once of ['ann', 'bob']) {
      const claiming = licences.claim({ mode: 'assign', once, wait: '20s' });
      await end();
      await claiming;
    }
    const owners = (await licences.inspect()).map(({ claim }) => claim?.by);
    expect(owners).toEqual(['ann', 'bob']);
  });

  it('a grant is on the disk of a server whose commits do not wait for it', async () => {
    const store = await openWith('abcdefghij', {
      connectionString: url,
      options: '-c synchronous_commit=off',
    });
    for (let n = 0; n < 10; n++) {
      const { rows } = await database.pool.query('SELECT pg_current_wal_insert_lsn() AS at');
      await claim(store, `hire-${n}`);
      const flushed = await database.pool.query(
        'SELECT pg_current_wal_flush_lsn() > $1::pg_lsn AS it',
        [rows[0].at],
      );
      expect(flushed.rows).toEqual([{ it: true }]);
    }
  });

  it('a schema that was not migrated lately is told from every other failure', async () => {
    await migrate(database.pool, { schema: 'older' });
    await database.pool.query(
      'DROP TABLE older.pools, older.pool_entries; DELETE FROM older.migrations WHERE step = 4',
    );
    const store = await open(url, { databaseSchema: 'older' });
    await expect(claim(store, 'ann')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('migrate()'),
    });
    await migrate(database.pool, { schema: 'older' });
    await add(store, 'a');
    expect(await claim(store, 'ann')).toMatchObject({ id: 'a' });
    expect(await (await open()).inspect(pool, {})).toEqual([]);
  });

  it('a role needs nothing but the tables', async () => {
    await migrate(database.pool, { schema: 'pools_of_role' });
    await database.pool.query(`
      CREATE ROLE runafter_test_claimer LOGIN;
      GRANT USAGE ON SCHEMA pools_of_role TO runafter_test_claimer;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pools_of_role TO runafter_test_claimer;`);
    const address = new URL(url);
    address.username = 'runafter_test_claimer';
    const store = postgresPools(address.href, { databaseSchema: 'pools_of_role' });
    try {
      await add(store, 'a');
      expect(await claim(store, 'ann')).toMatchObject({ id: 'a' });
      expect(await release(store, 'ann', true)).toBe(true);
      await store.withdraw(pool, ['a'], {});
      expect(await store.inspect(pool, {})).toEqual([]);
    } finally {
      await store.close();
      await database.pool.query(
        'DROP OWNED BY runafter_test_claimer; DROP ROLE runafter_test_claimer;',
      );
    }
  });

  it('your own pg pool stays open, and one session is enough for many who wait', async () => {
    const single = openPool({ connectionString: url, max: 1 });
    onTestFinished(() => single.end());
    const store = postgresPools(single);
    await add(store, 'a');
    const licences = resourcePool(store, pool);
    const turns = Array.from({ length: 6 }, async () => {
      await using lease = await licences.claim({ mode: 'lease', wait: '20s' });
      await single.query('SELECT 1');
      return lease.token;
    });
    expect((await Promise.all(turns)).sort()).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    await licences.close();
    await store.close();
    expect((await single.query('SELECT 1')).rowCount).toBe(1);
  });
});
