/**
 * The runs that match, a page at a time, so that neither memory nor a session feels how many there are. A
 * page begins where the last one ended, so runs that come or go in between do no harm.
 * @module
 */
import type { RunQuery, StoredRun } from '@runafter/core';
import type { Value } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { type RunRow, runColumns, toRun } from './run-rows.ts';

/** With each run come its input and its definition, which may be large. */
const pageSize = 50;

/** A place in the order, before or behind which a page begins. */
type Cursor = readonly [startTime: string, number: string];

interface Statement {
  readonly text: string;
  readonly values: readonly Value[];
}

/**
 * @param schema - quoted.
 * @param read - runs a statement.
 */
export async function* listRuns(
  schema: string,
  query: RunQuery,
  read: (statement: Statement) => Promise<readonly RunRow[]>,
): AsyncGenerator<StoredRun> {
  let after: Cursor = [query.order === 'newest' ? 'Infinity' : '-Infinity', '0'];
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const size = Math.min(left, pageSize);
    const rows = await read(pageStatement(schema, query, after, size));
    yield* rows.map(toRun);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    left -= size;
    after = [last.start_time, last.number];
  }
}

/**
 * Only says what is asked for, and one status as one: then the index that fits is taken, whatever the server
 * believes of where in time the runs are that match. With what is found the texts are fetched.
 */
function pageStatement(schema: string, query: RunQuery, after: Cursor, size: number): Statement {
  const { status, workflow, startedAfter, startedBefore, endedBefore } = query;
  const [beyond, order] = query.order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
  const values: Value[] = [...after, size];
  const conditions = [`(start_time, number) ${beyond} ($1::float8, $2::bigint)`];
  const only = (condition: (parameter: string) => string, value: Value | undefined) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  const [one, ...others] = status === undefined ? [] : [status].flat();
  if (one !== undefined && others.length === 0) only((wanted) => `status = ${wanted}`, one);
  else only((wanted) => `status = ANY (${wanted}::text[])`, status && [status].flat());
  only(
    (wanted) => `workflow = ${wanted}`,
    workflow === undefined ? undefined : toStoredText(workflow),
  );
  only((time) => `start_time > ${time}::float8`, startedAfter?.toString());
  only((time) => `start_time < ${time}::float8`, startedBefore?.toString());
  only((time) => `end_time < ${time}::float8`, endedBefore?.toString());
  const text = `
    SELECT ${runColumns} FROM (
      SELECT * FROM ${schema}.runs WHERE ${conditions.join(' AND ')}
      ORDER BY start_time ${order}, number ${order} LIMIT $3::bigint
    ) AS page JOIN ${schema}.run_texts ON run = number
    ORDER BY page.start_time ${order}, page.number ${order}`;
  return { text, values };
}
