/**
 * The database of the people department in SQLite files: what is used unless told otherwise.
 * @module
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqlitePools } from '@runafter/sqlite';
import type { HrDatabase, LogEntry } from './hr-database.ts';

const table = `
  CREATE TABLE IF NOT EXISTS onboarding_log (
    batch TEXT NOT NULL,
    operation TEXT NOT NULL,
    employee TEXT NOT NULL,
    account TEXT NOT NULL,
    site TEXT NOT NULL,
    licence TEXT NOT NULL,
    PRIMARY KEY (batch, operation)
  ) STRICT`;

/** Opens the files in a folder, and makes what is missing in them. */
export function sqliteHrDatabase(folder: string, batch: string): HrDatabase {
  const database = new DatabaseSync(join(folder, 'people.db'));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 10000; ${table}`);
  const insert = database.prepare(
    `INSERT INTO onboarding_log (batch, operation, employee, account, site, licence)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const remove = database.prepare('DELETE FROM onboarding_log WHERE batch = ? AND operation = ?');
  const select = database.prepare(
    `SELECT operation, employee, account, site, licence FROM onboarding_log
     WHERE batch = ? ORDER BY employee`,
  );
  // What runafter keeps is in a file of its own: it never touches one that somebody else has made.
  const pools = sqlitePools(join(folder, 'licences.db'));
  return {
    title: 'SQLite',
    batch,
    pools,
    async log({ operation, employee, account, site, licence }) {
      insert.run(batch, operation, employee, account, site, licence);
    },
    async unlog(operation) {
      remove.run(batch, operation);
    },
    async logged() {
      return select.all(batch).map((row) => ({ ...row }) as unknown as LogEntry);
    },
    async [Symbol.asyncDispose]() {
      await pools.close();
      database.close();
    },
  };
}
