/**
 * SQLite: a row that is inserted and deleted by node:sqlite in the same mode, each in a transaction of its own.
 * What these lack: a token, and any way to wait but to ask again.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { scratchFile } from '../../harness/scratch-folder.ts';
import { type Acquire, contenderOf, notGranted, type OpenContender } from '../contender.ts';
import type { Backend } from './backend.ts';

const table = `
CREATE TABLE IF NOT EXISTS raw_lock (
  name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;`;

/** Milliseconds. */
const ttl = 30_000;
const pollEvery = 100;

function fileOf(what: string): string {
  return scratchFile(`${process.pid}-${what}-lock.db`);
}

/** @returns what gives undefined when somebody else has the name. */
function openRaw(name: string, cleanup: AsyncDisposableStack) {
  const database = new DatabaseSync(fileOf('raw'), { timeout: 5_000 });
  cleanup.defer(() => database.close());
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = full; ${table}`);
  const acquire = database.prepare(`
    INSERT INTO raw_lock VALUES (?, ?, ?) ON CONFLICT (name)
    DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE expires_at < ?`);
  const release = database.prepare('DELETE FROM raw_lock WHERE name = ? AND owner = ?');
  return () => {
    const owner = randomUUID();
    const now = Date.now();
    const { changes } = acquire.run(name, owner, now + ttl, now);
    return changes === 1 ? () => release.run(name, owner) : undefined;
  };
}

const rawCalls: OpenContender = async (name, cleanup) => {
  const tryAcquire = openRaw(name, cleanup);
  return async () => {
    const release = tryAcquire();
    if (release === undefined) throw notGranted();
    return release;
  };
};

const pollingCalls: OpenContender = async (name, cleanup) => {
  const tryAcquire = openRaw(name, cleanup);
  const acquire: Acquire = async () => {
    for (;;) {
      const release = tryAcquire();
      if (release !== undefined) return release;
      await setTimeout(pollEvery);
    }
  };
  return acquire;
};

export const sqlite: Backend = {
  title: 'SQLite lock',
  ours: contenderOf(async () => {
    const { sqliteLock } = await import('@runafter/sqlite');
    return sqliteLock(fileOf('our'));
  }),
  uncontended: { peer: { title: 'INSERT, DELETE', open: rawCalls }, each: 20 },
  handOver: {
    peer: { title: `polled every ${pollEvery} ms`, open: pollingCalls },
    held: { min: 100, max: 400 },
    names: 10,
    each: 4,
  },
};
