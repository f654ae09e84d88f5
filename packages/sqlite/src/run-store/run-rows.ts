/**
 * Rows of the tables of runs, as the port's objects.
 *
 * Invariant: texts pass through stored-text.ts both ways; NULL is `undefined`.
 * @module
 */

import type { SQLOutputValue } from 'node:sqlite';
import type { RunEnd, StoredOutcome, StoredRun, StoredSignal } from '@runafter/core';
import { fromStoredText, toStoredText } from '../stored-text.ts';
import { endedStatus } from './status-number.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;
type Key = string | number;

/** The columns of which {@link toRun} makes a run. */
export const runColumns = `id, workflow, version, key_root, start_time, definition, input,
  status, error_code, error_message, end_time, holder, expires_at`;

export function toRun(row: Row): StoredRun {
  const status = endedStatus(row.status);
  return {
    runId: text(row.id),
    workflow: text(row.workflow),
    version: optionalText(row.version),
    definition: text(row.definition),
    input: text(row.input),
    keyRoot: text(row.key_root),
    startTime: Number(row.start_time),
    end: status && { status, error: toError(row), endTime: Number(row.end_time) },
    lease:
      row.holder === null
        ? undefined
        : { holder: text(row.holder), expiresAt: Number(row.expires_at) },
  };
}

/** The columns of which {@link toOutcome} makes an outcome of a frame. */
export const outcomeColumns =
  'key, status, attempt, start_time, end_time, outputs, error_code, error_message, details';

export function toOutcome(frame: string, row: Row): StoredOutcome {
  const status = endedStatus(row.status);
  if (status === undefined) throw new Error('Only what has ended is read.');
  const key = row.key;
  return {
    frame,
    key: typeof key === 'string' ? fromStoredText(key) : Number(key),
    status,
    attempt: Number(row.attempt),
    outputs: optionalText(row.outputs),
    error: toError(row),
    startTime: Number(row.start_time),
    endTime: Number(row.end_time),
    details: optionalText(row.details),
  };
}

export function toSignal(row: Row): StoredSignal {
  return {
    number: Number(row.number),
    event: text(row.event),
    correlate: optionalText(row.correlate),
    payload: text(row.payload),
    id: optionalText(row.id),
  };
}

/** A key to be stored. As a bigint it takes as few bytes as it needs; a plain number always takes eight. */
export function keyValue(key: Key): string | bigint {
  return typeof key === 'string' ? toStoredText(key) : BigInt(key);
}

export function optionalValue(value: string | undefined): string | null {
  return value === undefined ? null : toStoredText(value);
}

function toError(row: Row): RunEnd['error'] {
  if (row.error_code === null) return undefined;
  return { code: text(row.error_code), message: text(row.error_message) };
}

function text(value: SQLOutputValue | undefined): string {
  return fromStoredText(String(value));
}

function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return value === null ? undefined : text(value);
}
