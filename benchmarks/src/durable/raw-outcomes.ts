/**
 * What somebody writes by hand with node:sqlite: a table for outcomes, one prepared INSERT.
 *
 * The mode is that of the store: a WAL file, the same `synchronous`, a table of the same columns with
 * the same primary key, so the rows have the same bytes. Raw inserts ask nobody whether the writer still
 * holds the run, give no promises, and leave the event loop no turn in between.
 * @module
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { newFile, type Synchronous } from './stores.ts';

export class RawOutcomes {
  readonly #begin: StatementSync;
  readonly #insert: StatementSync;
  readonly #commit: StatementSync;
  #next = 0;

  constructor(synchronous: Synchronous) {
    const database = new DatabaseSync(newFile());
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      CREATE TABLE outcome (
        run INTEGER NOT NULL, frame TEXT NOT NULL, key NOT NULL, status INTEGER NOT NULL,
        attempt INTEGER NOT NULL, start_time INTEGER NOT NULL, end_time INTEGER NOT NULL,
        outputs TEXT, error_code TEXT, error_message TEXT, details TEXT,
        PRIMARY KEY (run, frame, key)
      ) WITHOUT ROWID;`);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#insert = database.prepare(
      `INSERT INTO outcome VALUES (1, 'Items', ?, 1, 1, ?, ?, ?, NULL, NULL, NULL)`,
    );
    this.#commit = database.prepare('COMMIT');
  }

  /** So many rows, each a transaction of its own. */
  insertOneByOne(count: number): void {
    for (let row = 0; row < count; row++) this.#insertNext();
  }

  /** So many rows in transactions of this size. */
  insertInGroups(count: number, size: number): void {
    for (let row = 0; row < count; row += size) {
      this.#begin.run();
      this.insertOneByOne(size);
      this.#commit.run();
    }
  }

  #insertNext(): void {
    const key = this.#next++;
    const now = Date.now();
    this.#insert.run(BigInt(key), now, now, `[${key + 1}]`);
  }
}
