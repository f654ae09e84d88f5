/**
 * What this package reads: anything with a `status`, that is records of scopes, iterations of loops,
 * results of `settled(x)`, and the results of `Promise.allSettled`.
 *
 * Invariant: every value passes through readRecord, so that all functions agree on what counts as
 * succeeded, failed and skipped, and a value that is no record is refused instead of miscounted.
 * Read next: accumulator.ts, on which the functions stand.
 * @module
 */
import type { ActionError, Status } from '@runafter/core';
import { toFault } from '@runafter/errors';
import { RecordsError } from './results-error.ts';

/** Anything with a status: an ActionRecord, an Iteration, a Result, or a record of your own. */
export interface RecordLike {
  readonly status: Status;
  /** What it handed over, when it Succeeded. */
  readonly outputs?: unknown;
  /** Why it did not succeed. Must be there for every status but Succeeded. */
  readonly error?: ActionError | undefined;
}

/** What the functions of this package accept. */
export type Recordable = RecordLike | PromiseSettledResult<unknown>;

/** A promise that was fulfilled, as a record. */
export interface FulfilledRecord<T> {
  readonly status: 'Succeeded';
  readonly outputs: T;
  /** Its position among the results, from 0. */
  readonly index: number;
}

/** A promise that was rejected, as a record: whatever its reason was, it has a code and a message. */
export interface RejectedRecord {
  readonly status: 'Failed';
  readonly error: ActionError;
  /** Its position among the results, from 0. */
  readonly index: number;
}

/** What is handed back for an R: itself when it has a status of ours, else its form as a record. */
export type RecordOf<R> = R extends RecordLike
  ? R
  : R extends PromiseFulfilledResult<infer T>
    ? FulfilledRecord<T>
    : R extends PromiseRejectedResult
      ? RejectedRecord
      : never;

/** The statuses of what was tried and did not succeed. Skipped is not among them: nothing was tried. */
export type FailingStatus = 'Failed' | 'TimedOut' | 'Cancelled';

/** Every status but Succeeded. */
export type UnsuccessfulStatus = Exclude<Status, 'Succeeded'>;

/** The records of R that have one of the statuses S. What did not succeed is known to have an error. */
export type WithStatus<R, S extends Status> = R extends { readonly status: infer A extends Status }
  ? [A & S] extends [never]
    ? never
    : ([A] extends [S] ? R : R & { readonly status: A & S }) &
        ([A & S] extends ['Succeeded']
          ? unknown
          : [A & S] extends [UnsuccessfulStatus]
            ? { readonly error: ActionError }
            : unknown)
  : never;

/** The records of R that Succeeded. */
export type SucceededOf<R> = WithStatus<RecordOf<R>, 'Succeeded'>;

/** The records of R that Failed, TimedOut or were Cancelled. */
export type FailedOf<R> = WithStatus<RecordOf<R>, FailingStatus>;

/** The outputs of what Succeeded. */
export type OutputsOf<R> = SucceededOf<R> extends { readonly outputs?: infer T } ? T : never;

/**
 * Reads a value as a record.
 *
 * @param index - where it stands; settled promises have no other identity.
 * @param source - its name, where it has one, for messages.
 * @throws {RecordsError} `RECORDS_INVALID`: it is no record.
 */
export function readRecord<R extends Recordable>(
  value: R,
  index: number,
  source?: string,
): RecordOf<R> {
  return read(value, index, source) as RecordOf<R>;
}

function read(value: Recordable, index: number, source: string | undefined): RecordLike {
  switch ((value as Recordable | null | undefined)?.status) {
    case 'Succeeded':
      return value as RecordLike;
    case 'Failed':
    case 'TimedOut':
    case 'Cancelled':
    case 'Skipped':
      if (isError((value as RecordLike).error)) return value as RecordLike;
      throw RecordsError.withoutError(value as RecordLike, index, source);
    case 'fulfilled':
      return settled({
        status: 'Succeeded',
        outputs: (value as PromiseFulfilledResult<unknown>).value,
        index,
      });
    case 'rejected':
      return settled({
        status: 'Failed',
        error: toFault((value as PromiseRejectedResult).reason),
        index,
      });
    default:
      throw RecordsError.notARecord(value, index, source);
  }
}

function settled(record: FulfilledRecord<unknown> | RejectedRecord): RecordLike {
  return record;
}

function isError(error: ActionError | undefined): boolean {
  return typeof error?.code === 'string' && typeof error.message === 'string';
}

/** Whether a record ended Failed, TimedOut or Cancelled. */
export function isFailing(record: RecordLike): record is RecordLike & {
  readonly status: FailingStatus;
  readonly error: ActionError;
} {
  return record.status !== 'Succeeded' && record.status !== 'Skipped';
}
