/**
 * Deletes runs, of whatever size, without keeping anybody waiting.
 *
 * Invariant: a run is gone for everybody with the row that has its id, in one transaction. What hangs on
 * its number can be seen by nobody then, and is deleted in slices; what an interruption leaves is deleted
 * together with the next run that is.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Connection } from '../connection.ts';

/** So many rows in one statement: they may hold a megabyte each. */
const rowsAtOnce = 64;
/** A slice ends after so many statements, or so many milliseconds. */
const maxStatements = 64;
const maxMs = 5;

const deletions: readonly string[] = [
  deleteSome('outcome', 'frame, key'),
  deleteSome('state', 'path'),
  deleteSome('signal', 'number'),
  deleteSome('signal_id', 'id'),
];

/** Whether the run with this number has ended before then, where that matters. */
export function hasEndedBefore(
  connection: Connection,
  run: number,
  endedBefore: number | undefined,
): boolean {
  if (endedBefore === undefined) return true;
  const sql = 'SELECT 1 FROM run WHERE number = ? AND end_time < ?';
  return connection.statement(sql).get(run, endedBefore) !== undefined;
}

/** Makes the run with this number unknown. */
export function hideRun(connection: Connection, run: number): void {
  connection.statement('INSERT INTO deleted_run VALUES (?)').run(run);
  connection.statement('DELETE FROM run_text WHERE run = ?').run(run);
  connection.statement('DELETE FROM run WHERE number = ?').run(run);
}

/** Deletes some of what hidden runs have left; whether there is more. */
export function sweepSlice(connection: Connection, clock: Clock): boolean {
  const row = connection.statement('SELECT number FROM deleted_run LIMIT 1').get();
  if (row === undefined) return false;
  const run = Number(row.number);
  const until = clock.monotonic() + maxMs;
  let statements = 0;
  for (const deletion of deletions) {
    while (connection.statement(deletion).run({ run }).changes > 0) {
      statements++;
      if (statements === maxStatements || clock.monotonic() >= until) return true;
    }
  }
  connection.statement('DELETE FROM deleted_run WHERE number = ?').run(run);
  return true;
}

function deleteSome(table: string, key: string): string {
  return `DELETE FROM ${table} WHERE run = :run AND (${key}) IN
    (SELECT ${key} FROM ${table} WHERE run = :run LIMIT ${rowsAtOnce})`;
}
