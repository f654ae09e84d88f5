/**
 * The first error among records.
 * @module
 */
import type { ActionError } from '@runafter/core';
import { type Accumulator, assertAsyncIterable, isIterable } from './accumulator.ts';
import { isFailing, type Recordable, type RecordLike, readRecord } from './record.ts';

/**
 * The error of the first record that Failed, TimedOut or was Cancelled. First in the order of the
 * records: for a loop that is item order, not the order in time.
 *
 * Reads no further than that record, and closes the iterator there.
 *
 * @returns undefined when nothing failed; a promise for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @example
 * const error = firstError(await Promise.allSettled(uploads));
 * if (error) throw new Error(`Upload failed: ${error.message}`, { cause: error.cause });
 */
export function firstError(records: Iterable<Recordable>): ActionError | undefined;
export function firstError(records: AsyncIterable<Recordable>): Promise<ActionError | undefined>;
export function firstError(
  records: Iterable<Recordable> | AsyncIterable<Recordable>,
): ActionError | undefined | Promise<ActionError | undefined> {
  if (isIterable(records)) return firstErrorOfAll(records);
  assertAsyncIterable('firstError', records);
  return firstErrorOfStream(records);
}

/** {@link firstError} for records that are pushed as they come. */
export function findingFirstError(): Accumulator<Recordable, ActionError | undefined> {
  let first: ActionError | undefined;
  let index = 0;
  return {
    push(value) {
      const error = errorAt(value, index);
      index++;
      first ??= error;
    },
    result: () => first,
  };
}

function firstErrorOfAll(records: Iterable<Recordable>): ActionError | undefined {
  let index = 0;
  for (const value of records) {
    const error = errorAt(value, index);
    if (error !== undefined) return error;
    index++;
  }
  return undefined;
}

async function firstErrorOfStream(
  records: AsyncIterable<Recordable>,
): Promise<ActionError | undefined> {
  let index = 0;
  for await (const value of records) {
    const error = errorAt(value, index);
    if (error !== undefined) return error;
    index++;
  }
  return undefined;
}

function errorAt(value: Recordable, index: number): ActionError | undefined {
  const record: RecordLike = readRecord(value, index);
  return isFailing(record) ? record.error : undefined;
}
