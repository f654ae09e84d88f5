/**
 * Checks in the journal that no handler was called before everything it runs after had ended.
 * @module
 */

import type { Expected } from './expected.ts';
import type { Journal } from './journal.ts';

/** Calls that came too early, one line each. */
export function orderComplaints(run: Expected, journal: Journal): string[] {
  return [...tooEarly(run, [], journal)];
}

/** `before` holds what the containers around this one run after: that holds for all inside as well. */
function* tooEarly(
  record: Expected,
  before: readonly Expected[],
  journal: Journal,
): Generator<string> {
  const first = Math.min(...journal.callsOf(record.path).map(({ startedAs }) => startedAs));
  for (const predecessor of before) {
    const last = lastEnd(predecessor, journal);
    if (first < last) yield `${record.path}: was called before ${predecessor.path} had ended`;
  }
  for (const child of record.results) {
    const siblings = record.results.filter(({ name }) => child.runsAfter.includes(name));
    yield* tooEarly(child, [...before, ...siblings], journal);
  }
  for (const iteration of record.iterations) yield* tooEarly(iteration, before, journal);
}

/** When the last handler in there was over. Those that the run stopped waiting for do not count. */
function lastEnd(record: Expected, journal: Journal): number {
  const own = record.unsettled ? [] : journal.callsOf(record.path);
  return Math.max(
    Number.NEGATIVE_INFINITY,
    ...own.map(({ endedAs }) => endedAs),
    ...[...record.results, ...record.iterations].map((inner) => lastEnd(inner, journal)),
  );
}
