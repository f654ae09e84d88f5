/**
 * Rows of the tables of runs, as the port's objects.
 *
 * Invariant: texts pass through stored-text.ts both ways, and numbers come as text: what `pg` makes of other
 * types can be changed by its user. NULL is `undefined`.
 * @module
 */
import type { RunEnd, Status, StoredOutcome, StoredRun, StoredSignal } from '@runafter/core';
import { fromStoredText } from '../stored-text.ts';
import { fromStoredKey } from './run-key.ts';

type Text = string | null;

/** How a run or an outcome ended. */
interface ErrorColumns {
  readonly error_code: Text;
  readonly error_message: Text;
}

export interface RunRow extends ErrorColumns {
  readonly number: string;
  readonly id: string;
  readonly workflow: string;
  readonly version: Text;
  readonly key_root: string;
  readonly start_time: string;
  readonly definition: string;
  readonly input: string;
  readonly status: Status | 'Running';
  readonly end_time: Text;
  readonly holder: Text;
  readonly expires_at: Text;
}

/** The columns of {@link RunRow}. */
export const runColumns = `number::text, id, workflow, version, key_root, start_time::text, definition, input,
  status, error_code, error_message, end_time::text, holder, expires_at::text`;

export function toRun(row: RunRow): StoredRun {
  const { status, holder } = row;
  return {
    runId: fromStoredText(row.id),
    workflow: fromStoredText(row.workflow),
    version: optional(row.version),
    definition: fromStoredText(row.definition),
    input: fromStoredText(row.input),
    keyRoot: fromStoredText(row.key_root),
    startTime: Number(row.start_time),
    end:
      status === 'Running'
        ? undefined
        : { status, error: toError(row), endTime: Number(row.end_time) },
    lease:
      holder === null
        ? undefined
        : { holder: fromStoredText(holder), expiresAt: Number(row.expires_at) },
  };
}

export interface OutcomeRow extends ErrorColumns {
  readonly key: string;
  readonly status: Status;
  readonly attempt: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly outputs: Text;
  readonly details: Text;
}

/** The columns of {@link OutcomeRow}. */
export const outcomeColumns = `key, status, attempt::text, start_time::text, end_time::text, outputs, error_code,
  error_message, details`;

export function toOutcome(frame: string, row: OutcomeRow): StoredOutcome {
  return {
    frame,
    key: fromStoredKey(row.key),
    status: row.status,
    attempt: Number(row.attempt),
    outputs: optional(row.outputs),
    error: toError(row),
    startTime: Number(row.start_time),
    endTime: Number(row.end_time),
    details: optional(row.details),
  };
}

export interface SignalRow {
  readonly number: string | number;
  readonly event: string;
  readonly correlate: Text;
  readonly payload: string;
  readonly id: Text;
}

/** The columns of {@link SignalRow}. */
export const signalColumns = 'signal.number::text, event, correlate, payload, signal.id';

export function toSignal({ number, event, correlate, payload, id }: SignalRow): StoredSignal {
  return {
    number: Number(number),
    event: fromStoredText(event),
    correlate: optional(correlate),
    payload: fromStoredText(payload),
    id: optional(id),
  };
}

function toError({ error_code, error_message }: ErrorColumns): RunEnd['error'] {
  if (error_code === null) return undefined;
  return { code: fromStoredText(error_code), message: optional(error_message) ?? '' };
}

function optional(stored: Text): string | undefined {
  return stored === null ? undefined : fromStoredText(stored);
}
