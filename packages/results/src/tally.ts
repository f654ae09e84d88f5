/**
 * How many ended in which status, in all or by key. Constant memory: one set of counts per key.
 * @module
 */
import type { IterationCounts, Status } from '@runafter/core';
import { type Accumulator, accumulate } from './accumulator.ts';
import { describeValue, isPromise } from './describe-value.ts';
import { type Recordable, type RecordOf, readRecord } from './record.ts';
import { ResultsOptionError } from './results-error.ts';

/** How many records ended in which status. What a loop's `counts` are. */
export type Tally = IterationCounts;

/** Says which group a record belongs to. Groups are told apart as the keys of a Map are. */
export type KeyOf<R, K> = (record: RecordOf<R>, index: number) => K;

/**
 * Counts records by status.
 *
 * @returns a promise for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @example
 * const { total, Succeeded, Failed } = tally(loop.iterations);
 */
export function tally(records: Iterable<Recordable>): Tally;
export function tally(records: AsyncIterable<Recordable>): Promise<Tally>;
export function tally(
  records: Iterable<Recordable> | AsyncIterable<Recordable>,
): Tally | Promise<Tally> {
  return accumulate('tally', records, tallying());
}

/**
 * Counts records by status, separately for each key. The keys come in the order in which they were
 * first seen.
 *
 * @param key - called once per record; what it throws comes out.
 * @returns a promise for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: `key` is no function, or it is async.
 * @example
 * for (const [team, { Failed }] of tallyBy(loop.iterations, ({ item }) => item.team)) { … }
 */
export function tallyBy<R extends Recordable, K>(
  records: Iterable<R>,
  key: KeyOf<R, K>,
): Map<K, Tally>;
export function tallyBy<R extends Recordable, K>(
  records: AsyncIterable<R>,
  key: KeyOf<R, K>,
): Promise<Map<K, Tally>>;
export function tallyBy<R extends Recordable, K>(
  records: Iterable<R> | AsyncIterable<R>,
  key: KeyOf<R, K>,
): Map<K, Tally> | Promise<Map<K, Tally>> {
  return accumulate('tallyBy', records, tallyingBy(key));
}

/** {@link tally} for records that are pushed as they come. */
export function tallying(): Accumulator<Recordable, Tally> {
  const counts = noCounts();
  return {
    push: (record) => count(counts, readRecord(record, counts.total).status),
    result: () => ({ ...counts }),
  };
}

/**
 * {@link tallyBy} for records that are pushed as they come.
 *
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: `key` is no function.
 */
export function tallyingBy<R extends Recordable, K>(
  key: KeyOf<R, K>,
): Accumulator<R, Map<K, Tally>> {
  assertKeyFunction(key);
  const groups = new Map<K, Counts>();
  let index = 0;
  return {
    push(value) {
      const record = readRecord(value, index);
      const group = key(record, index);
      assertNoPromise(group);
      index++;
      const counts = groups.get(group) ?? noCounts();
      if (counts.total === 0) groups.set(group, counts);
      count(counts, (record as { readonly status: Status }).status);
    },
    result: () => new Map(Array.from(groups, ([group, counts]) => [group, { ...counts }])),
  };
}

type Counts = { -readonly [K in keyof Tally]: number };

function noCounts(): Counts {
  return { total: 0, Succeeded: 0, Failed: 0, TimedOut: 0, Cancelled: 0, Skipped: 0 };
}

function count(counts: Counts, status: Status): void {
  counts.total++;
  counts[status]++;
}

function assertKeyFunction(key: unknown): void {
  if (typeof key === 'function') return;
  throw new ResultsOptionError(
    'key',
    `The key must be a function of the record, but it is ${describeValue(key)}. ` +
      'Write it as (record, index) => record.item.team.',
  );
}

function assertNoPromise(group: unknown): void {
  if (!isPromise(group)) return;
  throw new ResultsOptionError(
    'key',
    'The key function returned a Promise, so that each record would be a group of its own. ' +
      'Look up what the key needs before, and return the key itself.',
  );
}
