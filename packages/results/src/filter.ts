/**
 * The records that ended in one of some statuses.
 * @module
 */
import type { Status } from '@runafter/core';
import { assertAsyncIterable, isIterable } from './accumulator.ts';
import {
  type Recordable,
  type RecordLike,
  type RecordOf,
  readRecord,
  type WithStatus,
} from './record.ts';
import { ResultsOptionError } from './results-error.ts';

const statuses: ReadonlySet<unknown> = new Set<Status>([
  'Succeeded',
  'Failed',
  'TimedOut',
  'Cancelled',
  'Skipped',
]);

/**
 * Keeps the records that ended in one of the statuses, in their order.
 *
 * An async iterable gives an async iterable that reads as it is read, so a stream of any length goes
 * through in constant memory; what it finds wrong, it throws while it is read.
 *
 * @param wanted - one or more statuses. A fulfilled promise counts as Succeeded, a rejected one as Failed.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: no status, or an unknown one.
 * @example
 * for (const { item, error } of filter(loop.iterations, 'Failed', 'TimedOut')) {
 *   console.log(`${item.title}: ${error.message}`);
 * }
 */
export function filter<R extends Recordable, const S extends readonly [Status, ...Status[]]>(
  records: Iterable<R>,
  ...wanted: S
): WithStatus<RecordOf<R>, S[number]>[];
export function filter<R extends Recordable, const S extends readonly [Status, ...Status[]]>(
  records: AsyncIterable<R>,
  ...wanted: S
): AsyncIterable<WithStatus<RecordOf<R>, S[number]>>;
export function filter<R extends Recordable>(
  records: Iterable<R> | AsyncIterable<R>,
  ...wanted: readonly Status[]
): RecordLike[] | AsyncIterable<RecordLike> {
  assertStatuses(wanted);
  if (isIterable(records)) return filterAll(records, wanted);
  assertAsyncIterable('filter', records);
  return filterStream(records, wanted);
}

function filterAll(records: Iterable<Recordable>, wanted: readonly Status[]): RecordLike[] {
  return Array.from(records, readAt).filter(({ status }) => wanted.includes(status));
}

async function* filterStream(
  records: AsyncIterable<Recordable>,
  wanted: readonly Status[],
): AsyncGenerator<RecordLike> {
  let index = 0;
  for await (const value of records) {
    const record = readAt(value, index);
    index++;
    if (wanted.includes(record.status)) yield record;
  }
}

function readAt(value: Recordable, index: number): RecordLike {
  return readRecord(value, index);
}

function assertStatuses(wanted: readonly unknown[]): void {
  const unknown = wanted.find((status) => !statuses.has(status));
  if (wanted.length > 0 && unknown === undefined) return;
  const found = wanted.length === 0 ? 'none' : JSON.stringify(unknown);
  throw new ResultsOptionError(
    'wanted',
    `filter(…) needs statuses to keep, but got ${found}. Use ${[...statuses].join(', ')}.`,
  );
}
