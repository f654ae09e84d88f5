/** What is wrong with a file is told to users of documents and counters as on every other backend. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SqliteFileOptions } from '../src/database-options.ts';
import { sqliteCounter, sqliteDocumentStore } from '../src/index.ts';
import { asService } from '../src/service-faults.ts';
import { StoreFullError, StoreIoError } from '../src/store-errors.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe.each([
  { what: 'documents', open: openDocuments },
  { what: 'counters', open: openCounters },
])('$what', ({ open }) => {
  it('are not available while another process writes for longer than busyTimeout', async () => {
    const file = join(temporaryFolder(), 'app.db');
    const clock = virtualClock();
    const { write, read } = open(file, { clock, busyTimeout: '3s' });
    await write();
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const refused = expect(write()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      cause: { code: 'STORE_BUSY' },
    });
    await read();
    await clock.advance('3s');
    await refused;
    other.exec('ROLLBACK');
    await write();
  });

  it('refuse to write with readOnly, and read', async () => {
    const file = join(temporaryFolder(), 'app.db');
    await open(file, {}).write();
    const { write, read } = open(file, { readOnly: true });
    await read();
    const refusal = { code: 'SERVICE_REFUSED', cause: { code: 'STORE_READ_ONLY' } };
    await expect(write()).rejects.toMatchObject(refusal);
  });

  it('refuse a file that is no database, and work as soon as there is a folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'Dear diary, '.repeat(1_000));
    const refusal = { code: 'SERVICE_REFUSED', cause: { code: 'STORE_CORRUPT' } };
    await expect(open(join(folder, 'notes.txt'), {}).read()).rejects.toMatchObject(refusal);

    const { write } = open(join(folder, 'later', 'app.db'), {});
    const failure = { code: 'SERVICE_REFUSED', cause: { code: 'STORE_OPEN_FAILED' } };
    await expect(write()).rejects.toMatchObject(failure);
    mkdirSync(join(folder, 'later'));
    await write();
  });

  it('refuse options that they cannot use', () => {
    const refused = expect.objectContaining({ code: 'STORE_OPTION_INVALID' });
    expect(() => open('', {})).toThrow(refused);
    expect(() => open('a.db', { synchronous: 'off' as never })).toThrow(refused);
    expect(() => open('a.db', { prefix: 1 as never })).toThrow(refused);
    expect(() => open('a.db', { prefix: 'x'.repeat(201) })).toThrow(refused);
    const notADuration = expect.objectContaining({ code: 'DURATION_INVALID' });
    expect(() => open('a.db', { busyTimeout: '10' as never })).toThrow(notADuration);
  });
});

it('only a disk that fails leaves it open whether something was written', async () => {
  const io = asService('SQLite', Promise.reject(new StoreIoError('app.db')));
  await expect(io).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' });
  const full = asService('SQLite', Promise.reject(new StoreFullError('app.db')));
  await expect(full).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  const mistake = new TypeError('a mistake');
  await expect(asService('SQLite', Promise.reject(mistake))).rejects.toBe(mistake);
});

interface Opened {
  write(): Promise<unknown>;
  read(): Promise<unknown>;
}

type Options = SqliteFileOptions & { readonly prefix?: string };

let keys = 0;

function openDocuments(file: string, options: Options): Opened {
  const store = sqliteDocumentStore<number>(file, options);
  onTestFinished(() => store.close());
  return { write: () => store.create(`${keys++}`, 1), read: () => store.read('a') };
}

function openCounters(file: string, options: Options): Opened {
  const counter = sqliteCounter(file, options);
  onTestFinished(() => counter.close());
  return { write: () => counter.add('n', 1), read: () => counter.read('n') };
}
