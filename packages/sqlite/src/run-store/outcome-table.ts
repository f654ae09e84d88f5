/**
 * Outcomes, and who was given what has none yet, within a transaction.
 *
 * An outcome is one statement and one row, which takes the place of the row that a claim may have made.
 * @module
 */
import type { SQLInputValue } from 'node:sqlite';
import type { Delivery, FrameQuery, Place, Recorded, StoredOutcome } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { keyValue, optionalValue, outcomeColumns, toOutcome } from './run-rows.ts';
import { statusBits, statusNumber } from './status-number.ts';

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
  INSERT INTO outcome (run, frame, key, status, attempt, start_time, end_time, outputs,
    error_code, error_message, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (run, frame, key) DO UPDATE SET
    status = excluded.status, attempt = excluded.attempt,
    start_time = excluded.start_time, end_time = excluded.end_time, outputs = excluded.outputs,
    error_code = excluded.error_code, error_message = excluded.error_message, details = excluded.details
  WHERE status = 0`;

/** Keeps an outcome, unless its place has one. */
export function putOutcome(
  connection: Connection,
  run: number,
  row: OutcomeRow,
): Exclude<Recorded, 'fenced'> {
  const { changes } = connection.statement(insertOutcome).run(run, ...row);
  return changes > 0 ? 'recorded' : 'duplicate';
}

/** The number of the delivery; undefined when nobody is to call a handler for this attempt. */
export function claimAttempt(
  connection: Connection,
  run: number,
  { frame, key }: Place,
  attempt: number,
): number | undefined {
  const row = connection
    .statement(`
      INSERT INTO outcome (run, frame, key, status, attempt, start_time, end_time)
      VALUES (?, ?, ?, 0, ?, 0, 0)
      ON CONFLICT (run, frame, key) DO UPDATE SET
        attempt = excluded.attempt,
        delivery = CASE WHEN attempt = excluded.attempt THEN delivery + 1 ELSE 1 END
      WHERE status = 0
        AND (attempt < excluded.attempt OR (attempt = excluded.attempt AND delivery > 0))
      RETURNING delivery`)
    .get(run, toStoredText(frame), keyValue(key), attempt);
  return row && Number(row.delivery);
}

/** Whether this delivery is the one that may report; from then on it has. */
export function reportDelivery(
  connection: Connection,
  run: number,
  { frame, key, attempt, delivery }: Delivery,
): boolean {
  const { changes } = connection
    .statement(`
      UPDATE outcome SET delivery = 0
      WHERE run = ? AND frame = ? AND key = ? AND status = 0
        AND attempt = ? AND delivery = ? AND delivery > 0`)
    .run(run, toStoredText(frame), keyValue(key), attempt, delivery);
  return changes > 0;
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
