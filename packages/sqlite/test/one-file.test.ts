/** Runs, documents, counters, locks and pools live in one file, also in one that an earlier version has made. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pool } from '@runafter/claim';
import { expect, it, onTestFinished } from 'vitest';
import {
  sqliteCounter,
  sqliteDocumentStore,
  sqliteLock,
  sqlitePools,
  sqliteRunStore,
} from '../src/index.ts';
import { applicationId, migrations } from '../src/migrations.ts';
import { listed } from './listed.ts';
import { createRun, outcome } from './outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('is used by all of them at the same time', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const runs = closed(sqliteRunStore(file));
  const documents = closed(sqliteDocumentStore<number>(file));
  const counters = closed(sqliteCounter(file));
  const locks = closed(sqliteLock(file));
  const numbers = Array.from({ length: 50 }, (_, n) => `a${n}`);
  const licences = closed(pool(closed(sqlitePools(file)), 'licences', numbers));
  const [writer] = await Promise.all([
    createRun(runs, 'r'),
    documents.create('a', 1),
    counters.add('n', 1),
  ]);
  const turns = Array.from({ length: 50 }, (_, n) => n);
  await Promise.all(
    turns.flatMap((n) => [
      runs.recordOutcome(writer, outcome('F', n)),
      documents.create(`a${n}`, n),
      counters.add('n', 1),
      locks.acquire(`a${n}`),
      licences.claim({ mode: 'assign', once: `hire-${n}` }),
    ]),
  );
  expect(await runs.readFrame('r', 'F')).toHaveLength(50);
  expect(await listed(documents, 'a')).toHaveLength(51);
  expect(await counters.read('n')).toBe(51n);
  expect(await locks.tryAcquire('a49')).toBeUndefined();
  expect(await licences.tryClaim({ mode: 'lease' })).toBeUndefined();
});

it('that has nothing but runs gets the other tables, and keeps its runs', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const first = new DatabaseSync(file);
  first.exec(migrations[0] ?? '');
  first.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1`);
  first.exec('UPDATE last_token SET value = 41');
  first.close();
  await closed(sqliteDocumentStore<number>(file)).create('a', 1);
  const runs = closed(sqliteRunStore(file));
  expect(await createRun(runs, 'r')).toMatchObject({ token: 42 });
});

it('that has no locks yet gets their table, and keeps what it has', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const first = new DatabaseSync(file);
  for (const step of migrations.slice(0, 3)) first.exec(step);
  first.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 3`);
  first.exec(`INSERT INTO counter (name, value) VALUES (CAST('n' AS BLOB), 41)`);
  first.close();
  expect(await closed(sqliteLock(file)).tryAcquire('job')).toMatchObject({ token: 1n });
  expect(await closed(sqliteCounter(file)).addAndGet('n', 1)).toBe(42n);
});

it('that has no pools yet gets their tables, and keeps what it has', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const first = new DatabaseSync(file);
  for (const step of migrations.slice(0, 4)) first.exec(step);
  first.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 4`);
  first.exec(`INSERT INTO lock VALUES ('', CAST('job' AS BLOB), NULL, 41, 0)`);
  first.close();
  const licences = closed(pool(closed(sqlitePools(file)), 'licences', ['E5-001']));
  expect(await licences.claim({ mode: 'lease' })).toMatchObject({ token: 1n });
  expect(await closed(sqliteLock(file)).tryAcquire('job')).toMatchObject({ token: 42n });
});

it('that still counts joins keeps its runs, and gets deliveries', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const first = new DatabaseSync(file);
  for (const step of migrations.slice(0, 5)) first.exec(step);
  first.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 5`);
  first.exec(`
    INSERT INTO run (id, workflow, key_root, start_time, token, last_signal)
      VALUES ('r', 'W', 'r', 1, 7, 1);
    INSERT INTO run_text VALUES (1, '{}', '{}');
    UPDATE last_token SET value = 7;
    INSERT INTO outcome (run, frame, key, status, attempt, start_time, end_time, outputs)
      VALUES (1, '', 'Ended', 1, 2, 3, 4, '[1]'), (1, '', 'Claimed', 0, 2, 0, 0, NULL);
    INSERT INTO open_join VALUES (1, '', 'Sum', 1, 1);
    INSERT INTO state VALUES (1, 'p', 'kept');
    INSERT INTO signal (run, number, event, payload) VALUES (1, 1, 'go', '')`);
  first.close();

  const store = closed(sqliteRunStore(file));
  expect(await store.readRun('r')).toMatchObject({ workflow: 'W', end: undefined });
  const times = { startTime: 3, endTime: 4 };
  const ended = { ...outcome('', 'Ended', '[1]').outcome, attempt: 2, ...times };
  expect(await store.readFrame('r', '')).toEqual([ended]);
  expect(await store.readState('r', 'p')).toBe('kept');
  const writer = { runId: 'r', token: 7 };
  expect(await store.recordOutcome(writer, outcome('', 'Ended'))).toBe('duplicate');
  const place = { frame: '', key: 'Claimed' };
  expect(await store.claimAttempt('r', place, 1), 'an attempt that was superseded').toBeUndefined();
  expect(await store.claimAttempt('r', place, 3)).toBe(1);
  const delivery = { ...place, attempt: 3, delivery: 1 };
  expect(await store.putSignal('r', { event: 'ended', payload: '', delivery })).toBe('kept');
  expect((await store.readSignals('r', 0)).map(({ number }) => number)).toEqual([1, 2]);
  expect(await store.recordOutcome(writer, outcome('', 'Claimed'))).toBe('recorded');
  expect(await store.deleteRun('r')).toBe(true);
});

function closed<T extends { close(): Promise<void> }>(store: T): T {
  onTestFinished(() => store.close());
  return store;
}
