/** Whatever can be wrong with a database is told by its own error, and harms nothing. */
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock, virtualClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../src/database.ts';
import { sqliteRunStore } from '../src/index.ts';
import { SqliteRunStore } from '../src/run-store/sqlite-run-store.ts';
import { runChild } from './child-process.ts';
import { createRun, outcome } from './outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('says STORE_OPEN_FAILED when the folder is missing, and works as soon as it is there', async () => {
  const folder = join(temporaryFolder(), 'later');
  const file = join(folder, 'runs.db');
  const store = opened(sqliteRunStore(file));
  const failure = { code: 'STORE_OPEN_FAILED', file, message: expect.stringContaining(file) };
  await expect(createRun(store, 'r')).rejects.toMatchObject(failure);
  await expect(store.readRun('r')).rejects.toMatchObject(failure);
  await expect(store.readRun('r')).rejects.toHaveProperty('cause.errcode');

  mkdirSync(folder);
  await createRun(store, 'r');
  expect(await store.readRun('r')).toBeDefined();
});

it('says STORE_OPEN_FAILED when the file is a folder', async () => {
  const store = opened(sqliteRunStore(temporaryFolder()));
  await expect(store.readRun('r')).rejects.toMatchObject({ code: 'STORE_OPEN_FAILED' });
});

it('says STORE_CORRUPT of a file that is no database, and leaves it alone', async () => {
  const file = join(temporaryFolder(), 'notes.txt');
  writeFileSync(file, 'Dear diary, '.repeat(1_000));
  const store = opened(sqliteRunStore(file));
  await expect(createRun(store, 'r')).rejects.toMatchObject({ code: 'STORE_CORRUPT', file });
  expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(1_000));
});

it('says STORE_CORRUPT of a database that was cut off', async () => {
  const file = await withRun();
  truncateSync(file, 3 * 4_096);
  const store = opened(sqliteRunStore(file));
  await expect(store.readFrame('r', 'F')).rejects.toMatchObject({ code: 'STORE_CORRUPT', file });
});

it.each([
  { what: 'that says so', sql: 'PRAGMA application_id = 77', applicationId: 77 },
  { what: 'that says nothing', sql: 'SELECT 1', applicationId: 0 },
])(
  'says STORE_FOREIGN of the database of a program $what, and leaves it alone',
  async (foreign) => {
    const file = join(temporaryFolder(), 'foreign.db');
    change(file, `CREATE TABLE mine (a); ${foreign.sql}`);
    const before = readFileSync(file);
    const store = opened(sqliteRunStore(file));
    await expect(createRun(store, 'r')).rejects.toMatchObject({
      code: 'STORE_FOREIGN',
      applicationId: foreign.applicationId,
    });
    await store.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  },
);

it('says STORE_SCHEMA_NEWER of a file that a newer version has written', async () => {
  const file = await withRun();
  change(file, 'PRAGMA user_version = 99');
  const store = opened(sqliteRunStore(file));
  await expect(store.readRun('r')).rejects.toMatchObject({
    code: 'STORE_SCHEMA_NEWER',
    found: 99,
    known: expect.any(Number),
  });
});

it('says STORE_READ_ONLY of a write with readOnly, and reads', async () => {
  const store = opened(sqliteRunStore(await withRun(), { readOnly: true }));
  expect(await store.readFrame('r', 'F')).toHaveLength(100);
  await expect(createRun(store, 's')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  await expect(store.deleteRun('r')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  expect(await store.readRun('r')).toBeDefined();
});

it('does not create a file with readOnly', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const store = opened(sqliteRunStore(file, { readOnly: true }));
  await expect(store.readRun('r')).rejects.toMatchObject({ code: 'STORE_OPEN_FAILED' });
  expect(existsSync(file)).toBe(false);
});

it('says STORE_READ_ONLY where reading needs a migration first', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  writeFileSync(file, '');
  const store = opened(sqliteRunStore(file, { readOnly: true }));
  await expect(store.readRun('r')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
});

it('says STORE_READ_ONLY of a write that SQLite refuses', async () => {
  const { store, database } = limited(join(temporaryFolder(), 'runs.db'));
  await database.read((connection) => connection.statement('PRAGMA query_only = 1').run());
  await expect(createRun(store, 'r')).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
});

it('says STORE_CLOSED after close, which may be called twice', async () => {
  const store = sqliteRunStore(join(temporaryFolder(), 'runs.db'));
  const writer = await createRun(store, 'r');
  await Promise.all([store.close(), store.close()]);
  const closed = { code: 'STORE_CLOSED' };
  await expect(store.readRun('r')).rejects.toMatchObject(closed);
  await expect(store.saveState(writer, 'p', '1')).rejects.toMatchObject(closed);
  await expect(store.listRuns()[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
});

it('can be closed without ever having been used, and then makes no file', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  await sqliteRunStore(file).close();
  expect(existsSync(file)).toBe(false);
});

it('waits while another process writes, and goes on when that one has finished', async () => {
  const clock = virtualClock();
  const file = await withRun();
  const store = opened(sqliteRunStore(file, { clock }));
  await store.readRun('r');
  const other = holdWriteLock(file);
  const created = createRun(store, 's');
  await clock.advance('5s');
  expect(await store.readRun('r'), 'readers do not wait').toBeDefined();
  other.exec('COMMIT');
  await clock.advance('1s');
  expect((await created).token).toBeDefined();
});

it('says STORE_BUSY when another process writes for longer than busyTimeout, and works afterwards', async () => {
  const clock = virtualClock();
  const file = await withRun();
  const store = opened(sqliteRunStore(file, { clock, busyTimeout: '3s' }));
  await store.readRun('r');
  const other = holdWriteLock(file);
  const settled = Promise.allSettled([createRun(store, 's'), createRun(store, 't')]);
  await clock.advance('3s');
  const busy = { status: 'rejected', reason: { code: 'STORE_BUSY', file } };
  expect(await settled).toMatchObject([busy, busy]);
  expect(clock.pending).toBe(0);

  other.exec('COMMIT');
  expect((await createRun(store, 's')).token).toBeDefined();
});

it('says STORE_BUSY also when the file cannot even be opened', async () => {
  const clock = virtualClock();
  const file = join(temporaryFolder(), 'runs.db');
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('BEGIN EXCLUSIVE');
  const store = opened(sqliteRunStore(file, { clock, busyTimeout: '3s' }));
  const refused = expect(store.readRun('r')).rejects.toMatchObject({
    code: 'STORE_BUSY',
    waitedMs: expect.any(Number),
  });
  await clock.advance('3s');
  await refused;
  other.exec('ROLLBACK');
  expect(await store.readRun('r')).toBeUndefined();
});

it('says STORE_FULL of what has no room, keeps what has, and works when there is room again', async () => {
  const { store, database } = limited(join(temporaryFolder(), 'runs.db'));
  const writer = await createRun(store, 'r');
  await database.read((connection) => connection.statement('PRAGMA max_page_count = 60').get());
  await store.putSignal('r', { event: 'go', payload: '' });
  const large = 'x'.repeat(200_000);
  const settled = await Promise.allSettled([
    store.recordOutcome(writer, outcome('F', 1)),
    store.recordOutcome(writer, { ...outcome('F', 2, large), signals: [1] }),
    store.saveState(writer, 'p', large),
    store.recordOutcome(writer, outcome('F', 3)),
  ]);
  const full = { status: 'rejected', reason: { code: 'STORE_FULL' } };
  const recorded = { status: 'fulfilled', value: 'recorded' };
  expect(settled).toMatchObject([recorded, full, full, recorded]);
  expect((await store.readFrame('r', 'F')).map(({ key }) => key)).toEqual([1, 3]);
  expect(await store.readSignals('r', 0), 'what was refused has taken nothing').toHaveLength(1);

  await database.read((connection) => connection.statement('PRAGMA max_page_count = 900').get());
  expect(await store.recordOutcome(writer, outcome('F', 2, large))).toBe('recorded');
});

it.runIf(process.platform !== 'win32')(
  'says STORE_IO_FAILED when the file system refuses to write',
  async () => {
    const folder = temporaryFolder();
    // A file that may not grow beyond 512 blocks is a disk that fails.
    const { stdout, stderr } = await runChild(
      new URL('./child/write-until-refused.ts', import.meta.url),
      [folder],
      {
        fileBlocks: 512,
      },
    );
    expect(stdout, stderr).toBe('STORE_IO_FAILED\n');

    const store = opened(sqliteRunStore(join(folder, 'runs.db')));
    const kept = await store.readFrame('r', 'F');
    expect(kept.length, 'what was acknowledged is there').toBeGreaterThan(0);
    expect(kept.map(({ key }) => key)).toEqual(kept.map((_, n) => n));
  },
);

it('refuses options that it cannot use', () => {
  const refused = expect.objectContaining({ code: 'STORE_OPTION_INVALID' });
  expect(() => sqliteRunStore('')).toThrow(refused);
  expect(() => sqliteRunStore('a.db', { synchronous: 'off' as never })).toThrow(refused);
  const notADuration = expect.objectContaining({ code: 'DURATION_INVALID' });
  expect(() => sqliteRunStore('a.db', { busyTimeout: '10' as never })).toThrow(notADuration);
  expect(sqliteRunStore('a.db', { retention: Number.POSITIVE_INFINITY }).retention).toBe(
    Number.POSITIVE_INFINITY,
  );
});

function opened(store: RunStore): RunStore {
  onTestFinished(() => store.close());
  return store;
}

/** A closed database with a run and a hundred outcomes. */
async function withRun(): Promise<string> {
  const file = join(temporaryFolder(), 'runs.db');
  const store = sqliteRunStore(file);
  const writer = await createRun(store, 'r');
  const keys = Array.from({ length: 100 }, (_, n) => n);
  await Promise.all(
    keys.map((key) => store.recordOutcome(writer, outcome('F', key, 'x'.repeat(500)))),
  );
  await store.close();
  return file;
}

/** A store whose database the test can give a limit. */
function limited(file: string): { store: RunStore; database: Database } {
  const clock = systemClock;
  const options = { clock, synchronous: 'full', readOnly: false, busyTimeout: 1_000 } as const;
  const database = new Database(file, options);
  const store = new SqliteRunStore(database, { clock, retention: 1, signalPoll: 250 });
  return { store: opened(store), database };
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function holdWriteLock(file: string): DatabaseSync {
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return other;
}
