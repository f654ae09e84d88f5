/**
 * An open database: its statements, each prepared once, and its one transaction.
 *
 * Invariant: a transaction begins and ends within one turn of the event loop, so nobody in this process
 * ever sees it half done, and readers need no connection of their own.
 * @module
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #transaction = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The number of the newest transaction: what was looked up in it holds until the next one. */
  get transaction(): number {
    return this.#transaction;
  }

  /** The statement for this text, prepared when it is first asked for. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Takes the write lock at once: a transaction that began by reading could not get it any more. */
  begin(): void {
    this.statement('BEGIN IMMEDIATE').run();
    this.#transaction++;
  }

  commit(): void {
    this.statement('COMMIT').run();
  }

  /** Also when SQLite has rolled back by itself, as it may do when the disk is full. */
  rollback(): void {
    this.#transaction++;
    if (this.#database.isTransaction) this.statement('ROLLBACK').run();
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
