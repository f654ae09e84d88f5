/** What only locks that live on a session do: how its end is noticed, whose it is, and what the row beside says. */
import { randomUUID } from 'node:crypto';
import { virtualClock } from '@runafter/clock';
import type { Lease, Lock } from '@runafter/lock';
import { migrate, mssqlLock } from '@runafter/mssql';
import type { FaultProxy } from '@runafter/testkit';
import mssql from 'mssql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { isLockRequest, useDatabase } from './database.ts';

/** Resolves when the lease is lost; its next renewal would come in ten seconds. */
async function lossOf({ signal, name }: Lease): Promise<void> {
  const since = performance.now();
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' });
  expect(performance.now() - since, `${name} is lost at once`).toBeLessThan(5_000);
}

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  const opened: Lock[] = [];
  const config = mssql.ConnectionPool.parseConnectionString(url);
  let proxy: FaultProxy;
  /** Whoever else wants something. */
  let other: Lock;

  const open = (...[client, options]: Parameters<typeof mssqlLock>) => {
    const lock = mssqlLock(client, options);
    opened.push(lock);
    return lock;
  };

  beforeAll(async () => {
    proxy = await database.proxy();
    other = mssqlLock(url);
  });

  afterAll(() => other.close());

  afterEach(async () => {
    proxy.heal();
    await Promise.all(opened.splice(0).map((lock) => lock.close()));
  });

  async function expectFree(name: string, since: Lease): Promise<void> {
    await using next = await other.acquire(name, { wait: '10s' });
    expect(next.token).toBeGreaterThan(since.token);
  }

  describe('a connection that ends', () => {
    it('ends all its leases at once, and others get the names with greater tokens', async () => {
      const lock = open(proxy.url);
      const leases = [await lock.acquire('cut-a'), await lock.acquire('cut-b')];
      proxy.cut();
      for (const lease of leases) {
        await lossOf(lease);
        expect(() => lease.assertHeld()).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
        await expectFree(lease.name, lease);
      }
    });

    it('is replaced for the next call, and what was lost stays lost', async () => {
      const lock = open(proxy.url);
      const lease = await lock.acquire('replaced');
      proxy.cut();
      await lossOf(lease);
      const again = await lock.acquire('replaced', { wait: '10s' });
      expect(again.token).toBeGreaterThan(lease.token);
      await lease.release();
      again.assertHeld();
      expect(await other.tryAcquire('replaced')).toBeUndefined();
    });

    it('leaves the leases of another lock object alone', async () => {
      const lease = await open(proxy.url).acquire('shared-fate');
      await using apart = await other.acquire('own-fate');
      proxy.cut();
      await lossOf(lease);
      apart.assertHeld();
      expect(await open(url).tryAcquire('own-fate')).toBeUndefined();
    });

    it('with a reply on its way takes all leases with it, and what was asked for is free', async () => {
      const lock = open(proxy.url);
      const lease = await lock.acquire('held');
      const wanted = await lock.acquire('wanted');
      await wanted.release();
      const reply = proxy.loseNextReply(isLockRequest);
      await expect(lock.tryAcquire('wanted')).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        outcome: 'unknown',
      });
      await reply;
      await lossOf(lease);
      await expectFree('held', lease);
      await expectFree('wanted', wanted);
    });
  });

  it('a session that an operator ends is a loss that is told at once', async () => {
    const lease = await open(url).acquire('killed');
    await database.killHolderOf('killed');
    await lossOf(lease);
    await expectFree('killed', lease);
  });

  it('a connection that is replaced in silence ends the session all the same', async () => {
    const connections: { removeAllListeners(event: string): unknown; close(): void }[] = [];
    const beforeConnect = (connection: (typeof connections)[number]) => {
      connections.push(connection);
    };
    const lock = open({ ...config, beforeConnect });
    const lease = await lock.acquire('in-silence');
    const [, session] = connections;
    session?.removeAllListeners('end');
    session?.close();
    await expect(lock.tryAcquire('later')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await lossOf(lease);
    await expectFree('in-silence', lease);
  });

  describe('a lock object', () => {
    it('has one connection for all its leases and all who wait', async () => {
      const lock = open(proxy.url);
      await using _busy = await other.acquire('busy');
      const names = Array.from({ length: 20 }, (_, n) => `one-connection-${n}`);
      const waiting = lock.acquire('busy', { wait: '1m' }).catch(() => undefined);
      await Promise.all(names.map((name) => lock.acquire(name)));
      expect(proxy.counts.open).toBe(1);
      await lock.close();
      await waiting;
      await expect.poll(() => proxy.counts.open).toBe(0);
    });

    it('frees at its close what it held, and a pool of yours stays open', async () => {
      const pool = await database.poolOf(0);
      const lock = open(pool);
      const lease = await lock.acquire('closed');
      await lock.close();
      await expectFree('closed', lease);
      expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
    });

    it('takes no connection of your pool, and outlives it', async () => {
      const pool = await new mssql.ConnectionPool({ ...config, pool: { max: 1 } }).connect();
      const lock = open(pool);
      const lease = await lock.acquire('outlives');
      expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
      await pool.close();
      await using _second = await lock.acquire('outlives-too');
      lease.assertHeld();
      expect(await other.tryAcquire('outlives')).toBeUndefined();
    });

    it('asks for a name that is held as often as it must', async () => {
      await using lease = await other.acquire('often');
      const lock = open(url);
      for (let times = 0; times < 100; times++) {
        expect(await lock.tryAcquire('often')).toBeUndefined();
      }
      lease.assertHeld();
    });

    it('renews its leases in time while many wait, on a slow network', async () => {
      const names = Array.from({ length: 30 }, (_, n) => `starved-${n}`);
      const held = await Promise.all(names.map((name) => other.acquire(name)));
      const lock = open(proxy.url);
      const lease = await lock.acquire('renewed', { ttl: '3s' });
      const end = lease.expiresAt;
      proxy.delay('80ms');
      const waiting = names.map((name) =>
        lock.acquire(name, { wait: '1m' }).catch(() => undefined),
      );
      await expect.poll(() => lease.expiresAt, { timeout: 30_000 }).toBeGreaterThan(end + 5_000);
      lease.assertHeld();
      proxy.heal();
      await Promise.all([...held.map((each) => each.release()), lock.close(), ...waiting]);
    });

    it('reads its answers whatever the options say of rows', async () => {
      const columnNameReplacer = (name: string) => name.toUpperCase();
      const options = { ...config.options, camelCaseColumns: true, columnNameReplacer };
      const shapes = { arrayRowMode: true, stream: true, parseJSON: true };
      const lock = open({ ...config, ...shapes, options });
      const lease = await lock.acquire('shaped');
      expect(lease.token).toBe(1n);
      expect(await other.tryAcquire('shaped')).toBeUndefined();
      await lease.release();
      await expectFree('shaped', lease);
    });

    it('closes its connection after half a minute without a lease, and opens another one', async () => {
      const clock = virtualClock();
      const lock = open(proxy.url, { clock });
      const first = await lock.acquire('rests');
      await first.release();
      await clock.advance('29s');
      expect(proxy.counts.open).toBe(1);
      await clock.advance('1s');
      await expect.poll(() => proxy.counts.open).toBe(0);
      await using second = await lock.acquire('rests');
      expect(second.token).toBeGreaterThan(first.token);
    });

    it('counts its tokens for good, whatever the options say of transactions', async () => {
      const connected: unknown[] = [];
      const lock = open({
        ...config,
        options: { ...config.options, enableImplicitTransactions: true },
        beforeConnect: (connection) => connected.push(connection),
      });
      const lease = await lock.acquire('committed');
      expect(await rowOf('committed')).toMatchObject({ token: String(lease.token) });
      expect(connected, 'and calls what the options have for each connection').not.toEqual([]);
    });
  });

  async function rowOf(name: string) {
    const [row] = await database.run(
      `SELECT name, token, owner, session FROM runafter.locks WHERE name = N'${name}'`,
    );
    return row;
  }

  it('a lock object that is closed while it connects gives up, and leaves no connection', async () => {
    const lock = mssqlLock(proxy.url);
    proxy.blackHole('toClient');
    const acquiring = lock.acquire('never').catch((error: unknown) => error);
    await expect.poll(() => proxy.counts.open).toBe(1);
    const since = performance.now();
    await lock.close();
    expect(performance.now() - since).toBeLessThan(4_000);
    expect(await acquiring).toMatchObject({ code: 'SERVICE_CLOSED' });
    proxy.heal();
    await expect.poll(() => proxy.counts.open).toBe(0);
  });

  describe('the row of a lock', () => {
    it('tells people who holds it and in which session, and keeps the token when nobody does', async () => {
      const lease = await open(url, { holder: 'web-1' }).acquire('Täglich 日本');
      const row = await rowOf('Täglich 日本');
      expect(row).toMatchObject({ owner: lease.owner, session: expect.any(Number) });
      expect(lease.owner).toMatch(/^web-1:/);
      await lease.release();
      expect(await rowOf('Täglich 日本')).toEqual({
        name: 'Täglich 日本',
        token: String(lease.token),
        owner: null,
        session: null,
      });
    });

    it('that somebody keeps locked costs that request alone, or at worst the session', async () => {
      const lock = open(url);
      const lease = await lock.acquire('beside');
      await (await lock.acquire('kept')).release();
      const transaction = database.pool.transaction();
      await transaction.begin();
      try {
        await transaction
          .request()
          .query("UPDATE runafter.locks SET token = token WHERE name IN (N'kept', N'beside')");
        const since = performance.now();
        expect(await other.tryAcquire('beside'), 'who is told no waits for no row').toBeUndefined();
        expect(performance.now() - since).toBeLessThan(2_000);
        await expect(lock.tryAcquire('kept')).rejects.toMatchObject({
          code: expect.stringMatching(/^SERVICE_(UNAVAILABLE|REFUSED)$/),
        });
      } finally {
        await transaction.rollback();
      }
      // No CATCH of Babelfish's sees this error, so the procedure cannot give the lock back.
      if (!(await database.isBabelfish())) lease.assertHeld();
      await using kept = await other.acquire('kept', { wait: '10s' });
      kept.assertHeld();
      expect(await lock.tryAcquire('kept')).toBeUndefined();
    });

    it('may be deleted while it is held: the lock stays, and tokens begin anew', async () => {
      const lease = await open(url).acquire('deleted');
      await database.run("DELETE FROM runafter.locks WHERE name = N'deleted'");
      expect(await other.tryAcquire('deleted')).toBeUndefined();
      lease.assertHeld();
      await lease.release();
      await using next = await other.acquire('deleted');
      expect(next.token).toBe(1n);
    });

    it('is told to who waits in vain, as the holder', async () => {
      await using lease = await open(url).acquire('told');
      await expect(other.acquire('told', { wait: 0 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        heldBy: lease.owner,
      });
    });
  });

  describe('a name', () => {
    let third: Lock;

    beforeAll(() => {
      third = mssqlLock(url);
      return () => third.close();
    });

    it.each([
      ['longer than what sp_getapplock compares', 'x'.repeat(255), `${'x'.repeat(255)}y`],
      ['in another case', 'night', 'Night'],
      ['with a space at its end', 'night', 'night '],
      ['in letters that a code page does not have', '日', '本'],
    ])('%s is another name', async (_, name, similar) => {
      await using first = await other.acquire(name);
      await using second = await third.acquire(similar, { wait: 0 });
      first.assertHeld();
      second.assertHeld();
      expect(await third.tryAcquire(name)).toBeUndefined();
    });

    it('is another one in another schema, and the same one however the schema is written', async () => {
      await migrate(database.pool, { schema: 'elsewhere' });
      await using _lease = await other.acquire('schemas');
      await using elsewhere = await open(url, { databaseSchema: 'elsewhere' }).acquire('schemas');
      elsewhere.assertHeld();
      const sameSchema = open(url, { databaseSchema: 'RUNAFTER' });
      expect(await sameSchema.tryAcquire('schemas').catch(refused)).toBeUndefined();
    });
  });

  /** Where the database tells schemas apart by case, there is none of that name. */
  function refused(error: unknown): undefined {
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
  }

  it('a user who may execute the procedures can lock, and needs no right on the tables but to see steps', async () => {
    // It asks for rights on what a procedure uses, too.
    const needed = (await database.isBabelfish()) ? 'EXECUTE, SELECT, INSERT, UPDATE' : 'EXECUTE';
    const login = `locker_${randomUUID().replaceAll('-', '')}`;
    const password = `Aa1_${randomUUID()}`;
    await database.run(`CREATE LOGIN ${login} WITH PASSWORD = '${password}'`);
    await database.run(`CREATE USER ${login} FOR LOGIN ${login}`);
    await database.run(`GRANT ${needed} ON SCHEMA::runafter TO ${login}`);
    await database.run(`GRANT SELECT ON runafter.migrations TO ${login}`);
    const client = { ...config, user: login, password };
    const lock = mssqlLock(client);
    try {
      await migrate(client);
      await using lease = await lock.acquire('as-a-user');
      expect(await other.tryAcquire('as-a-user')).toBeUndefined();
      lease.assertHeld();
    } finally {
      await lock.close();
      await database.run(`REVOKE SELECT ON runafter.migrations FROM ${login}`);
      await database.run(`REVOKE ${needed} ON SCHEMA::runafter FROM ${login}`);
      await database.run(`DROP USER ${login}`);
      await expect.poll(() => database.run(`DROP LOGIN ${login}`)).toEqual([]);
    }
  });

  it('a schema that was not migrated is refused, and the error says what to do', async () => {
    await expect(open(url, { databaseSchema: 'missing' }).acquire('a')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('migrate()'),
    });
  });
});
