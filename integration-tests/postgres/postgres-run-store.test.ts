/** What the suite of run stores cannot know of PostgreSQL: sessions that break, orders that collide, rights, kills. */
import { event, type RunStore, type StoredSignal, signal, type Writer } from '@runafter/core';
import {
  migrate,
  migrationSql,
  type PostgresClient,
  postgresDocumentStore,
  postgresRunStore,
} from '@runafter/postgres';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { killPrograms, Program } from '../durable/program.ts';
import { onService } from '../services/on-service.ts';
import { openPool, useDatabase } from './database.ts';

const go = { event: 'go', payload: '{"by":"ann"}' };

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());
  afterAll(killPrograms);

  function open(client: PostgresClient = database.pool, options = {}): RunStore {
    const store = postgresRunStore(client, options);
    onTestFinished(() => store.close());
    return store;
  }

  it('a database of the version before gets what is missing, and keeps what is there', async () => {
    const schema = 'before_runs';
    const all = migrationSql({ schema });
    const before = all.slice(0, all.indexOf('-- Step 5:'));
    await database.pool.query(`${before} COMMIT;`);
    await using documents = postgresDocumentStore<number>(url, { databaseSchema: schema });
    await documents.create('order-17', 17);
    const store = open(url, { databaseSchema: schema });
    await expect(store.createRun(...aRun('r'))).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('migrate()'),
    });

    await migrate(database.pool, { schema });
    expect(await store.createRun(...aRun('r'))).toMatchObject({ state: 'created' });
    expect((await documents.read('order-17'))?.value).toBe(17);
  });

  it('a role needs its rights on the tables, and no others', async () => {
    await database.pool.query(`
      CREATE ROLE runafter_test_runs LOGIN;
      GRANT USAGE ON SCHEMA runafter TO runafter_test_runs;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA runafter TO runafter_test_runs;`);
    try {
      const address = new URL(url);
      address.username = 'runafter_test_runs';
      const store = postgresRunStore(address.href);
      await workThrough(store, store);
      await store.close();
    } finally {
      await database.pool.query('DROP OWNED BY runafter_test_runs; DROP ROLE runafter_test_runs;');
    }
  });

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'with %s as the default, many runs are written by two stores at once',
    async (isolation) => {
      const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
      const pools = [1, 2].map(() => openPool({ connectionString: url, options }));
      onTestFinished(async () => {
        await Promise.all(pools.map((pool) => pool.end()));
      });
      const [one, two] = pools.map((pool) => open(pool)) as [RunStore, RunStore];
      const names = Array.from({ length: 12 }, (_, n) => `run ${n}`);
      const writers = await Promise.all(names.map((name) => create(one, name)));
      // Each of them in another order, so that locks that are not had in one order would meet.
      const put = (store: RunStore, order: readonly Writer[], n: number) =>
        order.map(({ runId }) => store.putSignal(runId, { event: `${n}`, payload: '' }));
      const answers: Promise<unknown>[] = [];
      for (let n = 0; n < 10; n++) {
        answers.push(...put(one, writers, n), ...put(two, writers.toReversed(), n));
        const outcomes = writers.map((writer) => one.recordOutcome(writer, anEntry(n)));
        const places = names.map((name) => two.claimAttempt(name, { frame: 'F', key: n }, 1));
        answers.push(...outcomes, ...places);
        await new Promise(setImmediate);
      }
      await Promise.all(answers);
      for (const name of names) {
        const numbers = (await two.readSignals(name, 0)).map(({ number }) => number);
        expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
        expect(await two.readFrame(name, '')).toHaveLength(10);
      }
    },
  );

  it('a write that the server refuses harms none that were sent with it', async () => {
    const store = open();
    const writer = await create(store, 'r');
    // No index of PostgreSQL takes a key as long as this one, that nothing makes shorter.
    const long = Array.from({ length: 4_000 }, (_, n) => ((n * 7919) % 65_521).toString(36)).join();
    const [first, refused, last, other] = await Promise.allSettled([
      store.recordOutcome(writer, anEntry(1)),
      store.recordOutcome(writer, anEntry(long)),
      store.recordOutcome(writer, anEntry(2)),
      store.createRun(...aRun('s')),
    ]);
    expect(first).toMatchObject({ value: 'recorded' });
    expect(refused).toMatchObject({
      reason: { code: 'SERVICE_REFUSED', cause: { code: '54000' } },
    });
    expect(last).toMatchObject({ value: 'recorded' });
    expect(other).toMatchObject({ value: { state: 'created' } });
    expect((await store.readFrame('r', '')).map(({ key }) => key)).toEqual([1, 2]);
  });

  it('a write that meets the grant of the lease to somebody else waits for it, and is fenced', async () => {
    const store = open();
    const writer = await create(store, 'r');
    const heir = await database.pool.connect();
    try {
      await heir.query('BEGIN');
      await heir.query(`UPDATE runafter.runs SET token = DEFAULT WHERE id = 'r'`);
      const answers = Promise.all([
        store.recordOutcome(writer, anEntry(1)),
        store.saveState(writer, 'p', 'x'),
        store.endRun(writer, { status: 'Succeeded', endTime: 9 }),
      ]);
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%write_runs%'`;
      await eventually(async () => {
        expect((await database.pool.query(waiting)).rowCount).toBe(1);
      });
      await heir.query('COMMIT');
      expect(await answers).toEqual(['fenced', false, false]);
    } finally {
      heir.release();
    }
    expect(await store.readFrame('r', '')).toEqual([]);
  });

  describe('a connection that breaks', () => {
    it('in the middle of writes leaves their outcome unknown, and none is done twice', async () => {
      const proxy = await database.proxy();
      const store = open(proxy.url);
      const writer = await create(store, 'r');
      const place = { frame: '', key: 'A' };
      await store.claimAttempt('r', place, 1);
      const report = { ...go, delivery: { ...place, attempt: 1, delivery: 1 } };

      const lost = proxy.loseNextReply((request) => request.includes('putSignal'));
      const answers = await Promise.allSettled([
        store.putSignal('r', report),
        store.putSignal('r', { ...go, id: 'mail-1' }),
        store.recordOutcome(writer, anEntry(1)),
      ]);
      await lost;
      const unknown = { reason: { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' } };
      expect(answers).toMatchObject([unknown, unknown, unknown]);

      expect(await store.putSignal('r', report)).toBe('stale');
      expect(await store.putSignal('r', { ...go, id: 'mail-1' })).toBe('duplicate');
      expect(await store.recordOutcome(writer, anEntry(1))).toBe('duplicate');
      expect((await store.readSignals('r', 0)).map(({ number }) => number)).toEqual([1, 2]);
    });

    it('before they are sent has done nothing, and later ones are done', async () => {
      const proxy = await database.proxy();
      const store = open(proxy.url);
      const writer = await create(store, 'r');
      proxy.refuse();
      proxy.cut();
      await expect(store.saveState(writer, 'p', '1')).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      });
      proxy.heal();
      await eventually(async () => expect(await store.saveState(writer, 'p', '2')).toBe(true));
      expect(await store.readState('r', 'p')).toBe('2');
    });

    it('while it listens is followed by another one, and what came meanwhile is found', async () => {
      const store = open(database.pool, { signalPoll: '1h' });
      const other = open(url);
      await create(store, 'r');
      const heard: (StoredSignal | undefined)[] = [];
      store.onSignal('r', (signal) => heard.push(signal));
      await eventually(() => expect(heard, 'it hears').toEqual([undefined]));

      await other.putSignal('r', go);
      await eventually(() => expect(heard[1]).toEqual({ ...go, number: 1 }));

      const ended = await database.pool.query(`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN runafter_runs%'`);
      expect(ended.rowCount).toBe(1);
      await eventually(() => expect(heard[2], 'woken without a signal').toBeUndefined());
      await eventually(() => expect(heard).toHaveLength(3));
      await other.putSignal('r', go);
      await eventually(() => expect(heard[3]).toEqual({ ...go, number: 2 }));
    });
  });

  describe('who waits for a signal', () => {
    it('is given it once by its own store, though that is notified, too', async () => {
      const store = open(database.pool, { signalPoll: '1h' });
      await create(store, 'r');
      const heard: (StoredSignal | undefined)[] = [];
      store.onSignal('r', (signal) => heard.push(signal));
      await eventually(() => expect(heard, 'it hears').toEqual([undefined]));
      await store.putSignal('r', go);
      await open(url).putSignal('r', { event: 'go', payload: '2' });
      await eventually(() => expect(heard.at(-1)?.payload).toBe('2'));
      expect(heard.slice(1).map((signal) => signal?.number)).toEqual([1, 2]);
    });

    it('is woken to read one that is too large for a notification', async () => {
      const store = open(database.pool, { signalPoll: '1h' });
      await create(store, 'r');
      const heard: (StoredSignal | undefined)[] = [];
      store.onSignal('r', (signal) => heard.push(signal));
      await eventually(() => expect(heard, 'it hears').toEqual([undefined]));
      await open(url).putSignal('r', { event: 'go', payload: 'x'.repeat(10_000) });
      await eventually(() => expect(heard).toEqual([undefined, undefined]));
      expect(await store.readSignals('r', 0)).toHaveLength(1);
    });

    it('finds one that was never notified, and is not harmed by what others notify', async () => {
      const store = open(database.pool, { signalPoll: 5 });
      await create(store, 'r');
      let woken = 0;
      store.onSignal('r', () => woken++);
      await eventually(() => expect(woken, 'it hears').toBe(1));
      await database.pool.query(`
        SELECT pg_notify(substring(query FROM 'runafter_runs_[0-9a-f]+'), payload)
        FROM pg_stat_activity, unnest(ARRAY['', 'x', '[]', 'null', '{"sender":1}']) AS payload
        WHERE datname = current_database() AND query LIKE 'LISTEN runafter_runs%'`);
      await database.pool.query(`
        WITH run AS (UPDATE runafter.runs SET last_signal = 1 WHERE id = 'r' RETURNING number)
        INSERT INTO runafter.run_signals SELECT number, 1, 'go', NULL, '', NULL FROM run`);
      await eventually(() => expect(woken).toBe(2));
    });
  });

  it('a run with thousands of outcomes is deleted in slices, with what was left of earlier ones', async () => {
    const store = open();
    await create(store, 'small');
    const writer = await create(store, 'large');
    await Promise.all(
      Array.from({ length: 1_700 }, (_, n) => store.recordOutcome(writer, anEntry(n))),
    );
    await store.saveState(writer, 'p', 'x');
    await store.putSignal('large', { ...go, id: 'x' });
    // As if the process had ended in the middle of another deletion.
    await database.pool.query(`
      INSERT INTO runafter.deleted_runs VALUES (-1);
      INSERT INTO runafter.run_states VALUES (-1, 'p', 'left behind')`);

    expect(await store.deleteRun('large')).toBe(true);

    const { rows } = await database.pool.query(`
      SELECT (SELECT count(*) FROM runafter.run_outcomes) + (SELECT count(*) FROM runafter.run_states)
        + (SELECT count(*) FROM runafter.run_signals) + (SELECT count(*) FROM runafter.run_signal_ids)
        + (SELECT count(*) FROM runafter.deleted_runs) AS rows,
        (SELECT count(*) FROM runafter.run_texts) AS runs`);
    expect(rows).toEqual([{ rows: '0', runs: '1' }]);
  });

  it('a run is gone on with by another process when its own is killed, and is told of its signal', async () => {
    const program = new URL('programs/work-on-approval.ts', import.meta.url);
    const store = open();
    const first = new Program(program, { by: 'start', runId: 'approval' });
    await eventually(async () => expect(await store.readFrame('approval', '')).toHaveLength(1));
    first.kill('SIGKILL');
    await first.ended;
    await database.pool.query('UPDATE runafter.runs SET expires_at = 0');

    const second = new Program(program, { by: 'resume', runId: 'approval' });
    await second.until(() => second.said.includes('resumed'));
    await signal(store, 'approval', event<string>('approval'), 'Ann', { id: 'mail-1' });

    expect(await second.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(first.said).toEqual(['Ask']);
    expect(second.said).toEqual(['resumed', 'Act for Ann', 'Succeeded']);
  });
});

/** However slow the machine is. */
function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}

/** Every kind of write, by two stores that share a place. */
async function workThrough(store: RunStore, other: RunStore): Promise<void> {
  const writer = await create(store, 'r');
  const place = { frame: '', key: 'A' };
  expect(await store.renewLease(writer, 60_000)).toBe(true);
  expect(await other.claimAttempt('r', place, 1)).toBe(1);
  const delivery = { ...place, attempt: 1, delivery: 1 };
  expect(await other.putSignal('r', { ...go, id: 'x', delivery })).toBe('kept');
  expect(await store.saveState(writer, 'p', 'x')).toBe(true);
  const entry = { ...anEntry('A'), signals: [1], forgetState: 'p' };
  expect(await store.recordOutcome(writer, entry)).toBe('recorded');
  await store.releaseLease(writer);
  const answer = await other.acquireLease('r', { holder: 'heir', ttl: 60_000 });
  const token = answer.state === 'granted' ? answer.token : 0;
  expect(await other.endRun({ runId: 'r', token }, { status: 'Succeeded', endTime: 9 })).toBe(true);
  expect(await store.deleteRun('r')).toBe(true);
}

function aRun(runId: string): Parameters<RunStore['createRun']> {
  const run = { runId, workflow: 'w', definition: '{}', input: '{}', keyRoot: runId, startTime: 1 };
  return [run, { holder: 'creator', ttl: 60_000 }];
}

async function create(store: RunStore, runId: string): Promise<Writer> {
  const created = await store.createRun(...aRun(runId));
  if (created.state !== 'created') throw new Error(`The run ${runId} was there before.`);
  return { runId, token: created.token };
}

function anEntry(key: string | number): Parameters<RunStore['recordOutcome']>[1] {
  const times = { startTime: 1, endTime: 2 };
  return { outcome: { frame: '', key, status: 'Succeeded', attempt: 1, ...times } };
}
