/**
 * Outcomes, attempts and joins, within a transaction.
 *
 * An outcome that counts down no join is one statement and one row. It takes the place of the row that
 * an attempt may have claimed, unless that is a newer one.
 * @module
 */

import type { SQLInputValue } from 'node:sqlite';
import type { FrameQuery, Join, Place, ReadyJoin, Recorded, StoredOutcome } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { keyValue, optionalValue, outcomeColumns, toOutcome } from './run-rows.ts';
import { endedStatus, statusBits, statusNumber } from './status-number.ts';

/** An outcome as a row, apart from the number of its run. */
export type OutcomeRow = readonly [frame: string, key: string | bigint, ...SQLInputValue[]];

/** What was said, copied: the object may have changed when its turn comes. */
export function toOutcomeRow(outcome: StoredOutcome): OutcomeRow {
  return [
    toStoredText(outcome.frame),
    keyValue(outcome.key),
    statusNumber(outcome.status),
    outcome.attempt,
    outcome.startTime,
    outcome.endTime,
    optionalValue(outcome.outputs),
    optionalValue(outcome.error?.code),
    optionalValue(outcome.error?.message),
    optionalValue(outcome.details),
  ];
}

const insertOutcome = `
  INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (run, frame, key) DO UPDATE SET
    status = excluded.status, attempt = excluded.attempt,
    start_time = excluded.start_time, end_time = excluded.end_time, outputs = excluded.outputs,
    error_code = excluded.error_code, error_message = excluded.error_message, details = excluded.details
  WHERE status = 0 AND excluded.attempt >= attempt`;

/** Keeps an outcome, unless its place has one or a newer attempt owns it. */
export function putOutcome(
  connection: Connection,
  run: number,
  row: OutcomeRow,
): Exclude<Recorded['state'], 'fenced'> {
  const { changes } = connection.statement(insertOutcome).run(run, ...row);
  if (changes > 0) return 'recorded';
  const [frame, key] = row;
  const there = connection
    .statement('SELECT status FROM outcome WHERE run = ? AND frame = ? AND key = ?')
    .get(run, frame, key);
  return endedStatus(there?.status) === undefined ? 'stale' : 'duplicate';
}

/** The number of the new attempt; undefined when the place has an outcome. */
export function claimAttempt(
  connection: Connection,
  run: number,
  { frame, key }: Place,
): number | undefined {
  const row = connection
    .statement(`
      INSERT INTO outcome (run, frame, key, status, attempt, start_time, end_time)
      VALUES (?, ?, ?, 0, 1, 0, 0)
      ON CONFLICT (run, frame, key) DO UPDATE SET attempt = attempt + 1 WHERE status = 0
      RETURNING attempt`)
    .get(run, toStoredText(frame), keyValue(key));
  return row && Number(row.attempt);
}

/** The outcomes of a frame in the order of the primary key, which is that of the port. */
export function readOutcomes(
  connection: Connection,
  runId: string,
  frame: string,
  { after, keys, statuses, limit }: FrameQuery,
): StoredOutcome[] {
  const values: SQLInputValue[] = [toStoredText(runId), toStoredText(frame), statusBits(statuses)];
  let sql = `SELECT ${outcomeColumns} FROM outcome
    WHERE run = (SELECT number FROM run WHERE id = ?) AND frame = ? AND (1 << status) & ?`;
  if (after !== undefined) {
    sql += ' AND key > ?';
    values.push(keyValue(after));
  }
  if (keys !== undefined) {
    sql += ' AND key IN (SELECT value FROM json_each(?))';
    values.push(
      JSON.stringify(keys.map((key) => (typeof key === 'string' ? toStoredText(key) : key))),
    );
  }
  // A negative limit is none.
  const rows = connection.statement(`${sql} ORDER BY key LIMIT ?`).all(...values, limit ?? -1);
  return rows.map((row) => toOutcome(frame, row));
}

/** One less to wait for; tells the joins that wait for nothing any more. */
export function decrement(
  connection: Connection,
  run: number,
  joins: readonly Join[],
): ReadyJoin[] {
  return readyOf(joins, ({ frame, key, of, met }) =>
    connection
      .statement(`
        INSERT INTO open_join VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (run, frame, key) DO UPDATE SET open = open - 1, met = met & excluded.met
        RETURNING open, met`)
      .get(run, toStoredText(frame), keyValue(key), of - 1, Number(met)),
  );
}

/** Tells again the joins that wait for nothing any more. */
export function readyAgain(
  connection: Connection,
  run: number,
  joins: readonly Join[],
): ReadyJoin[] {
  return readyOf(joins, ({ frame, key }) =>
    connection
      .statement('SELECT open, met FROM open_join WHERE run = ? AND frame = ? AND key = ?')
      .get(run, toStoredText(frame), keyValue(key)),
  );
}

export function forgetJoins(connection: Connection, run: number, frame: string): void {
  connection
    .statement('DELETE FROM open_join WHERE run = ? AND frame = ?')
    .run(run, toStoredText(frame));
}

/** @param countOf - of a join that waits for several: how many are open, and whether all were met. */
function readyOf(
  joins: readonly Join[],
  countOf: (join: Join) => Readonly<Record<string, unknown>> | undefined,
): ReadyJoin[] {
  return joins.flatMap((join) => {
    const { frame, key, of, met } = join;
    if (of === 1) return { frame, key, met };
    const count = countOf(join);
    return count?.open === 0 ? { frame, key, met: count.met === 1 } : [];
  });
}
