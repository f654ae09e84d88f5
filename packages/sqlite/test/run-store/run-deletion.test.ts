/** A large run is gone at once, and its rows are deleted without keeping others waiting. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { sqliteRunStore } from '../../src/index.ts';
import { createRun } from '../outcome.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const count = 50_000;

it('lets others read and write while a large run is being deleted', async () => {
  const { file, store } = await largeRun();
  const writer = await createRun(store, 'small');
  let isDeleted = false;
  const deleting = store.deleteRun('large').then((answer) => {
    isDeleted = answer;
  });
  let others = 0;
  while (!isDeleted) {
    await store.saveState(writer, 'p', `${others++}`);
    expect(await store.readRun('large')).toBeUndefined();
  }
  await deleting;
  expect(others, 'writes between the slices').toBeGreaterThan(5);
  expect(rowsIn(file)).toBe(0);
  expect(await store.readState('small', 'p')).toBe(`${others - 1}`);
});

it('deletes what an interruption has left together with the next run', async () => {
  const { file, store } = await largeRun();
  const deleting = store.deleteRun('large');
  await store.close();
  expect(await deleting).toBe(true);
  expect(rowsIn(file), 'closing does not wait for it').toBeGreaterThan(0);

  const again = sqliteRunStore(file);
  onTestFinished(() => again.close());
  expect(await again.readRun('large')).toBeUndefined();
  await createRun(again, 'large');
  expect(await again.readFrame('large', 'F', { limit: 1 })).toEqual([]);
  await again.deleteRun('large');
  expect(rowsIn(file)).toBe(0);
});

async function largeRun() {
  const file = join(temporaryFolder(), 'runs.db');
  const store = sqliteRunStore(file, { synchronous: 'normal' });
  onTestFinished(() => store.close());
  await createRun(store, 'large');
  withDatabase(file, (database) =>
    database.exec(`
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
      INSERT INTO outcome (run, frame, key, status, attempt, start_time, end_time)
      SELECT number, 'F', i, 1, 1, 1, 2 FROM n, run`),
  );
  expect(await store.readFrame('large', 'F', { limit: 2 })).toHaveLength(2);
  return { file, store };
}

function rowsIn(file: string): number {
  return withDatabase(file, (database) =>
    Number(database.prepare('SELECT count(*) AS n FROM outcome').get()?.n),
  );
}

function withDatabase<T>(file: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
