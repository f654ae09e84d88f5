/**
 * Records apart by how they ended: each one in exactly one of three lists.
 * @module
 */
import { type Accumulator, accumulate } from './accumulator.ts';
import {
  type FailedOf,
  isFailing,
  type Recordable,
  type RecordLike,
  type RecordOf,
  readRecord,
  type SucceededOf,
  type WithStatus,
} from './record.ts';

/** Records by how they ended, each list in the order of the records. */
export interface Partition<R> {
  readonly succeeded: SucceededOf<R>[];
  /** Failed, TimedOut or Cancelled. */
  readonly failed: FailedOf<R>[];
  /** Never tried. In a scope that is often as it should be: the handler of an error that never came. */
  readonly skipped: WithStatus<RecordOf<R>, 'Skipped'>[];
}

/**
 * Sorts records into what succeeded, what failed and what was skipped.
 *
 * @returns the records themselves, and a record for each settled promise; a promise of it for an
 *   async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @example
 * const { succeeded, failed } = partition(loop.iterations);
 * await mail.report({ sent: succeeded.length, retry: failed.map(({ item }) => item) });
 */
export function partition<R extends Recordable>(records: Iterable<R>): Partition<R>;
export function partition<R extends Recordable>(records: AsyncIterable<R>): Promise<Partition<R>>;
export function partition<R extends Recordable>(
  records: Iterable<R> | AsyncIterable<R>,
): Partition<R> | Promise<Partition<R>> {
  return accumulate('partition', records, partitioning<R>());
}

/** {@link partition} for records that are pushed as they come. Keeps them all. */
export function partitioning<R extends Recordable>(): Accumulator<R, Partition<R>> {
  const succeeded: RecordLike[] = [];
  const failed: RecordLike[] = [];
  const skipped: RecordLike[] = [];
  let index = 0;
  return {
    push(value) {
      const record: RecordLike = readRecord(value, index);
      index++;
      if (record.status === 'Succeeded') succeeded.push(record);
      else if (isFailing(record)) failed.push(record);
      else skipped.push(record);
    },
    result: () =>
      ({ succeeded: [...succeeded], failed: [...failed], skipped: [...skipped] }) as Partition<R>,
  };
}
