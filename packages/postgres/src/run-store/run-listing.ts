/**
 * The runs that match, a page at a time, so that neither memory nor a session feels how many there are. A
 * page begins where the last one ended, so runs that come or go in between do no harm.
 * @module
 */
import type { RunQuery, StoredRun } from '@runafter/core';
import type { Value } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { type RunRow, toRun } from './run-rows.ts';

/** With each run come its input and its definition, which may be large. */
const pageSize = 50;

/** @param readPage - runs the statement that lists in the query's order. */
export async function* listRuns(
  readPage: (values: readonly Value[]) => Promise<readonly RunRow[]>,
  query: RunQuery,
): AsyncGenerator<StoredRun> {
  const { status, workflow, startedAfter, startedBefore, endedBefore, order, limit } = query;
  const wanted: readonly Value[] = [
    status === undefined ? null : [status].flat(),
    workflow === undefined ? null : toStoredText(workflow),
    optional(startedAfter),
    optional(startedBefore),
    optional(endedBefore),
  ];
  let after = [order === 'newest' ? 'Infinity' : '-Infinity', '0'];
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const size = Math.min(left, pageSize);
    const rows = await readPage([...after, ...wanted, size]);
    yield* rows.map(toRun);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    left -= size;
    after = [last.start_time, last.number];
  }
}

function optional(time: number | undefined): string | null {
  return time === undefined ? null : `${time}`;
}
