/**
 * The runs that match, by when they started, a page at a time.
 *
 * Each group of runs has its own two indexes, sorted by age; what is listed is merged from them. A page begins
 * where the last one ended, so runs that come or go in between do no harm; one that is gone is passed over.
 * @module
 */
import type { RunQuery, StoredRun } from '@runafter/core';
import type { RedisClient, RedisConnection } from '../redis-connection.ts';
import { runFields, toRun } from './run-fields.ts';
import { indexes, type RunIndex, type RunKeys } from './run-keys.ts';
import { sentTogether } from './sent-together.ts';
import { aboveSortableNumber, toSortableNumber } from './sortable-text.ts';
import { fromStoredText } from './stored-text.ts';

/** So many of each index at once, and so many runs: with each come its input and its definition. */
const pageSize = { index: 100, runs: 50 };

/** Of a member of an index, which goes on with the run's id. */
const ageLength = toSortableNumber(0).length;

/** Where in an index we are. */
interface Cursor {
  readonly key: string;
  readonly members: string[];
  /** Where the next page begins. */
  from: string;
  isAtEnd: boolean;
}

export async function* listRuns(
  connection: RedisConnection,
  keys: RunKeys,
  query: RunQuery,
): AsyncGenerator<StoredRun> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for await (const members of membersInOrder(connection, keys, query)) {
    for (let at = 0; at < members.length && left > 0; at += pageSize.runs) {
      const ids = members
        .slice(at, at + pageSize.runs)
        .map((member) => fromStoredText(member.slice(ageLength)));
      const runs = await connection.run((client) => readMatching(client, keys, ids, query));
      for (const run of runs.slice(0, left)) yield run;
      left -= runs.length;
    }
    if (left <= 0) return;
  }
}

/** What decides comes first: the texts of a run may be large. */
async function readMatching(
  client: RedisClient,
  keys: RunKeys,
  ids: readonly string[],
  query: RunQuery,
): Promise<StoredRun[]> {
  const matching = await Promise.all(
    ids.map(async (id) => {
      const key = keys.part(id, 'run');
      const [workflow, status, endTime] = await client.hmget(key, 'workflow', 'status', 'endTime');
      if (!workflow || !matches(fromStoredText(workflow), status, endTime, query)) return undefined;
      return toRun(id, await client.hmget(key, ...runFields));
    }),
  );
  return matching.filter((run) => run !== undefined);
}

function matches(
  workflow: string,
  status: string | null | undefined,
  endTime: string | null | undefined,
  query: RunQuery,
): boolean {
  const { endedBefore } = query;
  const asked: readonly string[] | undefined =
    query.status === undefined ? undefined : [query.status].flat();
  return (
    (asked?.includes(status ?? 'Running') ?? true) &&
    (query.workflow === undefined || workflow === query.workflow) &&
    (endedBefore === undefined || (!!endTime && Number(endTime) < endedBefore))
  );
}

/** The members of all indexes that may match, some at a time. */
async function* membersInOrder(
  connection: RedisConnection,
  keys: RunKeys,
  query: RunQuery,
): AsyncGenerator<string[]> {
  const { startedAfter, startedBefore } = query;
  const isReversed = query.order === 'newest';
  const above = startedAfter === undefined ? '-' : `[${aboveSortableNumber(startedAfter)}`;
  const below = startedBefore === undefined ? '+' : `(${toSortableNumber(startedBefore)}`;
  const [start, stop] = isReversed ? [below, above] : [above, below];
  const read = (client: RedisClient, { key, from }: Cursor) =>
    isReversed
      ? client.zrevrangebylex(key, from, stop, 'LIMIT', 0, pageSize.index)
      : client.zrangebylex(key, from, stop, 'LIMIT', 0, pageSize.index);
  const cursors: Cursor[] = indexesFor(query)
    .flatMap((which) => keys.index(which))
    .map((key) => ({ key, members: [], from: start, isAtEnd: false }));

  for (;;) {
    const empty = cursors.filter(({ members, isAtEnd }) => members.length === 0 && !isAtEnd);
    await connection.run((client) =>
      sentTogether(client, () =>
        Promise.all(
          empty.map(async (cursor) => {
            const page = await read(client, cursor);
            cursor.members.push(...page.reverse());
            cursor.isAtEnd = page.length < pageSize.index;
            cursor.from = `(${page[0]}`;
          }),
        ),
      ),
    );
    const merged = mergeUntilOneIsEmpty(cursors, isReversed);
    if (merged.length === 0) return;
    yield merged;
  }
}

/** Takes from the cursors, whose members are the last one first. */
function mergeUntilOneIsEmpty(cursors: readonly Cursor[], isReversed: boolean): string[] {
  const merged: string[] = [];
  for (;;) {
    let first: Cursor | undefined;
    for (const cursor of cursors) {
      const member = cursor.members.at(-1);
      if (member === undefined) {
        if (!cursor.isAtEnd) return merged;
        continue;
      }
      const other = first?.members.at(-1);
      if (other === undefined || member < other !== isReversed) first = cursor;
    }
    const member = first?.members.pop();
    if (member === undefined) return merged;
    merged.push(member);
  }
}

function indexesFor({ status }: RunQuery): readonly RunIndex[] {
  if (status === undefined) return indexes;
  const asked = [status].flat();
  return indexes.filter((which) =>
    which === 'running' ? asked.includes('Running') : asked.some((name) => name !== 'Running'),
  );
}
