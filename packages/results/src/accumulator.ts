/**
 * Accumulators: they take records one at a time and keep only what their answer needs.
 *
 * Every function of this package that reads to the end is one of them, fed from an iterable. So the
 * answer for an array, for a stream, and for records pushed as they come is the same by construction.
 * Read next: tally.ts, the simplest one; aggregate.ts, several in one pass.
 * @module
 */
import { RecordsError } from './results-error.ts';

/** Takes records of type R and answers with an A. */
export interface Accumulator<R, A> {
  /**
   * Takes the next record. Needs no `this`, so it can be passed on as a listener.
   *
   * @throws {RecordsError} `RECORDS_INVALID`: it is no record. What was pushed before still counts.
   */
  readonly push: (record: R) => void;
  /** The answer for what was pushed so far. It stays as it is when pushing goes on. */
  readonly result: () => A;
}

/**
 * Pushes everything that an iterable gives, in one pass, and answers.
 *
 * @param verb - the function's name, for messages.
 * @returns a promise when `records` is only async iterable; it rejects when the stream breaks.
 */
export function accumulate<R, A>(
  verb: string,
  records: Iterable<R> | AsyncIterable<R>,
  accumulator: Accumulator<R, A>,
): A | Promise<A> {
  if (isIterable(records)) {
    for (const record of records) accumulator.push(record);
    return accumulator.result();
  }
  assertAsyncIterable(verb, records);
  return accumulateStream(records, accumulator);
}

async function accumulateStream<R, A>(
  records: AsyncIterable<R>,
  accumulator: Accumulator<R, A>,
): Promise<A> {
  for await (const record of records) accumulator.push(record);
  return accumulator.result();
}

/** Whether a value can be read at once. */
export function isIterable<R>(records: Iterable<R> | AsyncIterable<R>): records is Iterable<R> {
  return typeof (records as Iterable<R> | null | undefined)?.[Symbol.iterator] === 'function';
}

/** @throws {RecordsError} `RECORDS_INVALID`: it cannot be read as a stream either. */
export function assertAsyncIterable(
  verb: string,
  records: unknown,
): asserts records is AsyncIterable<unknown> {
  const stream = records as AsyncIterable<unknown> | null | undefined;
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') {
    throw RecordsError.notIterable(verb, records);
  }
}
