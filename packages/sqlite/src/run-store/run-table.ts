/**
 * Runs by their ids: read, looked up by who writes to them, ended.
 *
 * A writer's run is looked up once in each transaction, however many of its writes are about it: nobody
 * else can change it before the commit.
 * @module
 */
import type { RunEnd, StoredRun, Writer } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { optionalValue, runColumns, toRun } from './run-rows.ts';
import { statusNumber } from './status-number.ts';

/** What a write needs to know of a run. */
export interface FoundRun {
  readonly number: number;
  /** The newest one that was granted. */
  readonly token: number;
  readonly hasEnded: boolean;
}

export class RunTable {
  readonly #found = new Map<string, FoundRun>();
  #transaction = 0;

  /** The run; undefined when there is none with this id. */
  find(connection: Connection, runId: string): FoundRun | undefined {
    if (connection.transaction !== this.#transaction) {
      this.#found.clear();
      this.#transaction = connection.transaction;
    }
    const known = this.#found.get(runId);
    if (known !== undefined) return known;
    const found = lookUp(connection, runId);
    if (found !== undefined) this.#found.set(runId, found);
    return found;
  }

  /** The run, when whoever has this token may write to it. */
  findFor(connection: Connection, { runId, token }: Writer): FoundRun | undefined {
    const run = this.find(connection, runId);
    return token === run?.token ? run : undefined;
  }

  /** To be called by a write that changes what {@link find} tells. */
  forget(runId: string): void {
    this.#found.delete(runId);
  }
}

/** Keeps how a run ended, unless it has ended before, and gives its lease back. */
export function putEnd(
  connection: Connection,
  run: number,
  { status, error, endTime }: RunEnd,
): void {
  connection
    .statement(`
      UPDATE run SET status = ?, error_code = ?, error_message = ?, end_time = ?
      WHERE number = ? AND status = 0`)
    .run(
      statusNumber(status),
      optionalValue(error?.code),
      optionalValue(error?.message),
      endTime,
      run,
    );
  connection.statement('UPDATE run SET holder = NULL, expires_at = NULL WHERE number = ?').run(run);
}

export function readRun(connection: Connection, runId: string): StoredRun | undefined {
  const row = connection
    .statement(`SELECT ${runColumns} FROM run JOIN run_text ON run = number WHERE id = ?`)
    .get(toStoredText(runId));
  return row && toRun(row);
}

function lookUp(connection: Connection, runId: string): FoundRun | undefined {
  const row = connection
    .statement('SELECT number, token, status FROM run WHERE id = ?')
    .get(toStoredText(runId));
  return (
    row && {
      number: Number(row.number),
      token: Number(row.token),
      hasEnded: Number(row.status) > 0,
    }
  );
}
