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

function closed<T extends { close(): Promise<void> }>(store: T): T {
  onTestFinished(() => store.close());
  return store;
}
