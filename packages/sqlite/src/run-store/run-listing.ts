/**
 * The runs that match, a page at a time, so that neither memory nor the event loop feels how many there
 * are. A page begins where the last one ended, so runs that come or go in between do no harm.
 * @module
 */
import type { RunQuery, StoredRun } from '@runafter/core';
import type { Connection } from '../connection.ts';
import type { Database } from '../database.ts';
import { toStoredText } from '../stored-text.ts';
import { runColumns, toRun } from './run-rows.ts';
import { anyStatus, statusBits } from './status-number.ts';

/** With each run come its input and its definition, which may be large. */
const pageSize = 50;

/** The statements, by which runs come first. */
const select = { oldest: selectIn('>', 'ASC'), newest: selectIn('<', 'DESC') };

function selectIn(isAfter: '>' | '<', direction: 'ASC' | 'DESC'): string {
  return `
    SELECT number, ${runColumns} FROM run JOIN run_text ON run = number
    WHERE (start_time, number) ${isAfter} (:afterTime, :afterNumber)
      AND (1 << status) & :statuses
      AND (:workflow IS NULL OR workflow = :workflow)
      AND (:startedAfter IS NULL OR start_time > :startedAfter)
      AND (:startedBefore IS NULL OR start_time < :startedBefore)
      AND (:endedBefore IS NULL OR end_time < :endedBefore)
    ORDER BY start_time ${direction}, number ${direction} LIMIT :limit`;
}

/** Where a page ends. */
interface Cursor {
  readonly time: number;
  readonly number: number;
}

/** Where the first page begins. */
function beginning({ order, startedAfter, startedBefore }: RunQuery): Cursor {
  return order === 'newest'
    ? { time: startedBefore ?? Number.POSITIVE_INFINITY, number: 0 }
    : { time: startedAfter ?? Number.NEGATIVE_INFINITY, number: Number.MAX_SAFE_INTEGER };
}

interface Page {
  readonly runs: readonly StoredRun[];
  readonly end: Cursor;
}

export async function* listRuns(database: Database, query: RunQuery): AsyncGenerator<StoredRun> {
  let after = beginning(query);
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const limit = Math.min(left, pageSize);
    const page = await database.read((connection) => readPage(connection, query, after, limit));
    yield* page.runs;
    if (page.runs.length < limit) return;
    left -= limit;
    after = page.end;
  }
}

function readPage(connection: Connection, query: RunQuery, after: Cursor, limit: number): Page {
  const { status, workflow, order = 'oldest' } = query;
  const { startedAfter = null, startedBefore = null, endedBefore = null } = query;
  const rows = connection.statement(select[order]).all({
    afterTime: after.time,
    afterNumber: after.number,
    statuses: status === undefined ? anyStatus : statusBits([status].flat()),
    workflow: workflow === undefined ? null : toStoredText(workflow),
    startedAfter,
    startedBefore,
    endedBefore,
    limit,
  });
  const last = rows.at(-1);
  const end = last && { time: Number(last.start_time), number: Number(last.number) };
  return { runs: rows.map(toRun), end: end ?? after };
}
