/**
 * What went wrong, by error code: how often, and a few examples of each.
 *
 * Memory is bounded by the number of distinct codes times the examples, whatever the number of
 * records.
 * @module
 */
import { type Accumulator, accumulate } from './accumulator.ts';
import { describeValue } from './describe-value.ts';
import {
  type FailedOf,
  isFailing,
  type Recordable,
  type RecordLike,
  readRecord,
} from './record.ts';
import { ResultsOptionError } from './results-error.ts';

/** The failures that share an error code. */
export interface ErrorGroup<R> {
  readonly code: string;
  readonly count: number;
  /** The message of the first one. */
  readonly message: string;
  /** The first few records, in order. */
  readonly examples: readonly FailedOf<R>[];
}

export interface GroupErrorsOptions {
  /** How many records to keep of each code: a whole number, 0 for none. Default 3. */
  readonly examples?: number;
}

/**
 * Groups what Failed, TimedOut or was Cancelled by its error code, most frequent code first; codes
 * that are equally frequent in the order in which they were first seen.
 *
 * @returns groups by code; a promise of it for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: `examples` is no whole number from 0.
 * @example
 * for (const { code, count, message } of groupErrorsByCode(loop.iterations).values()) {
 *   console.log(`${count} × ${code}, such as: ${message}`);
 * }
 */
export function groupErrorsByCode<R extends Recordable>(
  records: Iterable<R>,
  options?: GroupErrorsOptions,
): Map<string, ErrorGroup<R>>;
export function groupErrorsByCode<R extends Recordable>(
  records: AsyncIterable<R>,
  options?: GroupErrorsOptions,
): Promise<Map<string, ErrorGroup<R>>>;
export function groupErrorsByCode<R extends Recordable>(
  records: Iterable<R> | AsyncIterable<R>,
  options?: GroupErrorsOptions,
): Map<string, ErrorGroup<R>> | Promise<Map<string, ErrorGroup<R>>> {
  return accumulate('groupErrorsByCode', records, groupingErrorsByCode<R>(options));
}

/**
 * {@link groupErrorsByCode} for records that are pushed as they come.
 *
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: `examples` is no whole number from 0.
 */
export function groupingErrorsByCode<R extends Recordable>(
  options: GroupErrorsOptions = {},
): Accumulator<R, Map<string, ErrorGroup<R>>> {
  const { examples: bound = 3 } = options;
  assertBound(bound);
  const groups = new Map<string, { count: number; message: string; examples: RecordLike[] }>();
  let index = 0;
  return {
    push(value) {
      const record: RecordLike = readRecord(value, index);
      index++;
      if (!isFailing(record)) return;
      const { code, message } = record.error;
      const group = groups.get(code) ?? { count: 0, message, examples: [] };
      if (group.count === 0) groups.set(code, group);
      group.count++;
      if (group.examples.length < bound) group.examples.push(record);
    },
    result: () =>
      new Map(
        Array.from(groups, ([code, group]): [string, ErrorGroup<R>] => [
          code,
          { code, ...group, examples: [...group.examples] as FailedOf<R>[] },
        ]).sort(([, a], [, b]) => b.count - a.count),
      ),
  };
}

function assertBound(examples: unknown): void {
  if (Number.isSafeInteger(examples) && (examples as number) >= 0) return;
  throw new ResultsOptionError(
    'examples',
    `examples must be a whole number from 0, but it is ${describeValue(examples)}. ` +
      'It bounds the memory, so there is no "all": use filter(…) for that.',
  );
}
