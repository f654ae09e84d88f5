/**
 * Opens a database file: whose is it, how is it written, is its schema up to date.
 *
 * Invariant: a file that is not ours is looked at and never changed. Any number of processes may do this
 * at the same time; who finds the file busy throws SQLite's error and tries again from the start.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { Connection } from './connection.ts';
import { applicationId, migrations } from './migrations.ts';
import { nodeSqlite } from './node-sqlite.ts';
import {
  StoreForeignError,
  StoreOpenFailedError,
  StoreReadOnlyError,
  StoreSchemaNewerError,
} from './store-errors.ts';

/** How often what was committed is forced to the disk: at every commit, or at checkpoints only. */
export type Synchronous = 'full' | 'normal';

export interface OpenOptions {
  readonly synchronous: Synchronous;
  readonly readOnly: boolean;
}

/** The WAL file is cut back to this after a checkpoint, so that one large run does not leave it large. */
const keptWalBytes = 16 * 1_024 * 1_024;

/** Opens the file once, without waiting for anybody. */
export function openConnection(file: string, options: OpenOptions): Connection {
  const { DatabaseSync } = nodeSqlite();
  // SQLite's own way to wait would stop the event loop: whoever calls this waits through the Clock.
  const database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 0 });
  try {
    const version = versionOf(file, database);
    if (options.readOnly) {
      if (version < migrations.length) throw new StoreReadOnlyError(file);
    } else {
      writeAhead(file, database);
      database.exec(`PRAGMA synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`);
      if (version < migrations.length) migrate(file, database);
    }
    return new Connection(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The schema version of a file that is ours or empty: how many migrations it has seen. */
function versionOf(file: string, database: DatabaseSync): number {
  // In one transaction: another process may be making the tables just now.
  database.exec('BEGIN');
  try {
    return checkedVersion(file, database);
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function checkedVersion(file: string, database: DatabaseSync): number {
  const id = readNumber(database, 'SELECT application_id FROM pragma_application_id');
  const version = readNumber(database, 'SELECT user_version FROM pragma_user_version');
  const tables = readNumber(database, 'SELECT count(*) FROM sqlite_schema');
  const isEmpty = id === 0 && version === 0 && tables === 0;
  if (id !== applicationId && !isEmpty) throw new StoreForeignError(file, id);
  if (version > migrations.length) {
    throw new StoreSchemaNewerError(file, version, migrations.length);
  }
  return version;
}

/** Readers and a writer side by side, and one forced write for a commit instead of several. */
function writeAhead(file: string, database: DatabaseSync): void {
  const row = database.prepare('PRAGMA journal_mode = WAL').get();
  const mode = row?.journal_mode;
  if (mode === 'wal') {
    database.exec(`PRAGMA journal_size_limit = ${keptWalBytes}`);
  } else if (mode !== 'memory') {
    throw new StoreOpenFailedError(
      file,
      `It stays in journal mode "${mode}", as on file systems without shared memory. Put it on a local disk.`,
    );
  }
}

function migrate(file: string, database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Whoever was first has done it already.
    for (const step of migrations.slice(checkedVersion(file, database))) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function readNumber(database: DatabaseSync, sql: string): number {
  const [value] = Object.values(database.prepare(sql).get() ?? {});
  return Number(value);
}
