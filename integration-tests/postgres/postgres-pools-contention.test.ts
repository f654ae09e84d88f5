/** Many who claim at once: with the hint that lets them pass each other, and without it. */
import { type Pool as ResourcePool, pool as resourcePool } from '@runafter/claim';
import { type PostgresClient, postgresPools } from '@runafter/postgres';
import type pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';

const licences = Array.from({ length: 150 }, (_, n) => `E5-${n}`);

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  function open(client: PostgresClient, resources: readonly string[] = []): ResourcePool<string> {
    const store = postgresPools(client);
    const opened = resourcePool(store, 'licences', resources, { poll: '1h' });
    onTestFinished(async () => {
      await opened.close();
      await store.close();
    });
    return opened;
  }

  function sessions(options: pg.PoolConfig, hint = 'SKIP LOCKED'): pg.Pool {
    const opened = openPool({ connectionString: url, max: 50, ...options });
    opened.on('connect', (session) => {
      const query = session.query.bind(session) as (...args: unknown[]) => unknown;
      const changed = (text: unknown, ...values: unknown[]) =>
        query(typeof text === 'string' ? text.replaceAll('SKIP LOCKED', hint) : text, ...values);
      Object.assign(session, { query: changed });
    });
    onTestFinished(() => opened.end());
    return opened;
  }

  it('additions and withdrawals of the same are not in each other’s way, whatever their order', async () => {
    const store = postgresPools(sessions({ max: 8 }));
    onTestFinished(() => store.close());
    const backwards = licences.toReversed();
    const resources = backwards.map((id) => ({ id, value: JSON.stringify(id) }));
    const add = () => store.add({ pool: 'licences', resources, again: true }, {});
    await add();
    const changes = Array.from({ length: 10 }, () => [
      add(),
      store.withdraw('licences', licences, {}),
      store.claim({ pool: 'licences', owner: 'anybody', ttl: 1_000, place: undefined }, {}),
    ]);
    await Promise.all(changes.flat());
    await store.withdraw('licences', ['E5-3', 'E5-9000'], {});
    expect(await store.inspect('licences', {})).not.toContainEqual(
      expect.objectContaining({ id: 'E5-3', claim: undefined }),
    );
  });

  describe.each([
    ['with SKIP LOCKED', 'SKIP LOCKED'],
    ['without SKIP LOCKED', ''],
  ])('%s', (_, hint) => {
    it('200 claims over 50 sessions share 150 resources: each goes to one, and 50 get none', async () => {
      const clients = sessions({}, hint);
      const opened = open(clients, licences);
      await opened.inspect();
      const claims = Array.from({ length: 200 }, (_, n) =>
        opened.tryClaim({ mode: 'assign', once: `hire-${n}` }),
      );
      const given = (await Promise.all(claims)).flatMap((claim) => claim?.resource ?? []);
      expect(clients.totalCount).toBe(50);
      expect(given.sort()).toEqual(licences.toSorted());
      const held = (await opened.inspect()).map(({ claim }) => claim?.by);
      expect(new Set(held).size).toBe(150);
    });

    it('one operation that claims many times at once has one resource, and nobody is told of conflicts', async () => {
      const opened = open(sessions({ max: 8 }, hint), licences.slice(0, 20));
      await opened.inspect();
      for (let round = 0; round < 10; round++) {
        const once = `hire-${round}`;
        const claims = await Promise.all(
          Array.from({ length: 8 }, () => opened.claim({ mode: 'assign', once })),
        );
        // Which one is a matter of chance: those that lose have skipped a row that others had locked.
        const given = new Set(claims.map(({ resource, token }) => `${resource} ${token}`));
        expect([...given]).toEqual([expect.stringMatching(/^E5-\d+ 1$/)]);
      }
      const held = (await opened.inspect()).filter(({ claim }) => claim !== undefined);
      expect(held).toHaveLength(10);
    });

    it('an operation that is released while it claims has nothing in the end', async () => {
      const opened = open(sessions({ max: 8 }, hint), licences.slice(0, 3));
      await opened.inspect();
      for (let round = 0; round < 20; round++) {
        const once = `hire-${round}`;
        const claim = () => opened.tryClaim({ mode: 'assign', once }).catch(({ code }) => code);
        const outcomes = [claim(), claim(), opened.release(once), claim(), opened.release(once)];
        await Promise.all(outcomes);
        await expect(opened.tryClaim({ mode: 'assign', once })).rejects.toMatchObject({
          code: 'CLAIM_RETIRED',
        });
      }
      expect((await opened.inspect()).flatMap(({ claim }) => claim ?? [])).toEqual([]);
    });
  });

  it.each(['repeatable read', 'serializable'])(
    'where transactions are %s by default, each goes to one, and nobody is told of conflicts',
    async (level) => {
      const options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
      const opened = open(sessions({ options, max: 6 }), licences.slice(0, 9));
      await opened.inspect();
      const claims = Array.from({ length: 24 }, (_, n) =>
        opened.tryClaim({ mode: 'assign', once: `hire-${n % 12}` }),
      );
      const given = (await Promise.all(claims)).flatMap((claim) => claim ?? []);
      expect(new Set(given.map(({ resource }) => resource)).size).toBe(9);
      expect(new Set(given.map(({ resource, once }) => `${resource} ${once}`)).size).toBe(9);
      await Promise.all(given.map(({ once }) => opened.release(once)));
      expect((await opened.inspect()).flatMap(({ claim }) => claim ?? [])).toEqual([]);
    },
  );

  describe('while somebody else has the last free row', () => {
    async function lockLast(change: string) {
      const opened = open(openPoolNamed('claiming'), ['E5-001']);
      await opened.inspect();
      const operator = await database.pool.connect();
      onTestFinished(() => operator.release(true));
      await operator.query('BEGIN');
      await operator.query(change);
      return { opened, operator };
    }

    function openPoolNamed(application_name: string): pg.Pool {
      const named = openPool({ connectionString: url, application_name });
      onTestFinished(() => named.end());
      return named;
    }

    async function isWaiting(): Promise<boolean> {
      const { rows } = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'claiming' AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    }

    const take = `UPDATE runafter.pool_entries SET owner = 'operator', expires_at = 'infinity'`;

    it.each([
      ['ROLLBACK', 'E5-001'],
      ['COMMIT', undefined],
    ])('a claim waits for its %s, and then has %s', async (end, resource) => {
      const { opened, operator } = await lockLast(take);
      const claiming = opened.tryClaim({ mode: 'lease' });
      await expect.poll(isWaiting, { interval: 5 }).toBe(true);
      await operator.query(end);
      expect((await claiming)?.resource).toBe(resource);
    });

    it('a claim is told that nothing was done when that takes long', async () => {
      const { opened } = await lockLast('SELECT FROM runafter.pool_entries FOR UPDATE');
      await expect(opened.tryClaim({ mode: 'lease' })).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        outcome: 'not-done',
        cause: { code: '55P03' },
      });
    });

    it('a claim has another one at once', async () => {
      const { opened } = await lockLast('SELECT FROM runafter.pool_entries FOR UPDATE');
      await open(url).add(['E5-002']);
      expect(await opened.claim({ mode: 'lease' })).toMatchObject({ resource: 'E5-002' });
    });
  });
});
