/**
 * Several answers from one pass over the records.
 * @module
 */
import { type Accumulator, accumulate } from './accumulator.ts';
import { describeValue } from './describe-value.ts';
import type { Recordable } from './record.ts';
import { ResultsOptionError } from './results-error.ts';

/** Accumulators, by the names that their answers get. */
export type Questions<R> = { readonly [name: string]: Accumulator<R, unknown> };

/** The answers to questions, by the same names. */
export type AnswersOf<Q> = {
  -readonly [K in keyof Q]: Q[K] extends Accumulator<never, infer A> ? A : never;
};

/** The records that all of the questions take. */
export type RecordsOf<Q> = Q[keyof Q] extends Accumulator<infer R, unknown> ? R : never;

/**
 * Reads records once and asks several questions about them.
 *
 * @param questions - fresh accumulators: what they have seen before counts as well.
 * @returns the answers by name; a promise of them for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: something is no accumulator.
 * @example
 * const { counts, byTeam, errors } = aggregate(loop.iterations, {
 *   counts: tallying(),
 *   byTeam: tallyingBy(({ item }) => item.team),
 *   errors: groupingErrorsByCode({ examples: 1 }),
 * });
 */
export function aggregate<R extends Recordable, Q extends Questions<R>>(
  records: Iterable<R>,
  questions: Q,
): AnswersOf<Q>;
export function aggregate<R extends Recordable, Q extends Questions<R>>(
  records: AsyncIterable<R>,
  questions: Q,
): Promise<AnswersOf<Q>>;
export function aggregate<R extends Recordable>(
  records: Iterable<R> | AsyncIterable<R>,
  questions: Questions<R>,
): object | Promise<object> {
  return accumulate('aggregate', records, aggregating(questions));
}

/**
 * {@link aggregate} for records that are pushed as they come.
 *
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: something is no accumulator.
 * @example
 * const progress = aggregating({ counts: tallying(), errors: groupingErrorsByCode() });
 * for await (const record of records) {
 *   progress.push(record);
 *   draw(progress.result().counts);
 * }
 */
export function aggregating<Q extends Questions<never>>(
  questions: Q,
): Accumulator<RecordsOf<Q>, AnswersOf<Q>> {
  const named: [string, Accumulator<never, unknown>][] = Object.entries(questions);
  for (const [name, accumulator] of named) assertAccumulator(name, accumulator);
  return {
    push(record) {
      for (const [, accumulator] of named) accumulator.push(record as never);
    },
    result: () =>
      Object.fromEntries(
        named.map(([name, accumulator]) => [name, accumulator.result()]),
      ) as AnswersOf<Q>,
  };
}

function assertAccumulator(name: string, value: unknown): void {
  const { push, result } = (value ?? {}) as Partial<Accumulator<unknown, unknown>>;
  if (typeof push === 'function' && typeof result === 'function') return;
  throw new ResultsOptionError(
    name,
    `"${name}" must be an accumulator, but it is ${describeValue(value)}. ` +
      'Call one that ends in -ing, such as tallying() or groupingErrorsByCode().',
  );
}
