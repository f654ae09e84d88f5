/**
 * SQLite: an UPDATE by node:sqlite in the same mode. A raw call is a transaction of its own, as the counter's
 * is for a client that waits for each; or, as an informing row, all that are made at once are put into one
 * transaction by hand, as the counter does by itself.
 * @module
 */
import { DatabaseSync } from 'node:sqlite';
import { scratchFile } from '../../harness/scratch-folder.ts';
import { inCounter, inCounterOnce, newId } from '../tallies.ts';
import type { OpenTallies, Tally } from '../tally.ts';
import type { Contest } from './contest.ts';

const tables = `
CREATE TABLE counter (name BLOB PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE operation (
  counter BLOB NOT NULL, id BLOB NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (counter, id)
) WITHOUT ROWID;
CREATE INDEX operation_by_age ON operation (expires_at);
INSERT INTO counter VALUES (CAST('orders' AS BLOB), 0);`;

const aDay = 86_400_000;

type Synchronous = 'full' | 'normal';

let files = 0;

function newFile(): string {
  return scratchFile(`${process.pid}-counter-${files++}.db`);
}

function openCounter(synchronous: Synchronous) {
  return async () => {
    const { sqliteCounter } = await import('@runafter/sqlite');
    return sqliteCounter(newFile(), { synchronous });
  };
}

interface Raw {
  readonly withId: boolean;
  /** Puts the additions that are made at once into one transaction. */
  readonly grouped: boolean;
}

function raw(synchronous: Synchronous, { withId, grouped }: Raw): OpenTallies {
  return async (_clients, cleanup) => {
    const database = new DatabaseSync(newFile());
    cleanup.defer(() => database.close());
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; ${tables}`);
    const begin = database.prepare('BEGIN IMMEDIATE');
    const commit = database.prepare('COMMIT');
    const insert = database.prepare('INSERT OR IGNORE INTO operation VALUES (?, ?, ?)');
    const update = database.prepare(
      'UPDATE counter SET value = value + ? WHERE name = ? RETURNING value',
    );
    const add = () => {
      const name = Buffer.from('orders');
      const isNew =
        !withId || insert.run(name, Buffer.from(newId()), Date.now() + aDay).changes === 1;
      return isNew && update.get(1n, name);
    };
    const inTransaction = (count: number) => {
      begin.run();
      for (let addition = 0; addition < count; addition++) add();
      commit.run();
    };
    const addOneByOne = (count: number) => {
      for (let addition = 0; addition < count; addition++) inTransaction(1);
    };
    const tally: Tally = {
      addOneByOne,
      addAtOnce: grouped ? inTransaction : addOneByOne,
      async read() {
        const row = database
          .prepare('SELECT value FROM counter WHERE name = ?')
          .get(Buffer.from('orders'));
        return Number(row?.value);
      },
    };
    return [tally];
  };
}

function contest(synchronous: Synchronous, grouped: boolean): Contest {
  return {
    backend: `SQLite (synchronous ${synchronous}${grouped ? ', raw calls in one transaction' : ''})`,
    ...(!grouped && { target: 1.25 }),
    additions: synchronous === 'full' ? 20 : 200,
    plain: {
      ours: inCounter(openCounter(synchronous)),
      peer: 'UPDATE … RETURNING',
      theirs: raw(synchronous, { withId: false, grouped }),
    },
    once: {
      ours: inCounterOnce(openCounter(synchronous)),
      peer: 'INSERT and UPDATE, transaction',
      theirs: raw(synchronous, { withId: true, grouped }),
    },
  };
}

export const sqlite: Contest = contest('full', false);
export const sqliteGrouped: Contest = contest('full', true);
export const sqliteNormal: Contest = contest('normal', true);
