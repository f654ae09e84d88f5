/**
 * The outcomes of a frame, in the order of their keys, a slice at a time, so that no frame is too large to read
 * and none keeps the server from others.
 * @module
 */
import type { FrameQuery, Status, StoredOutcome } from '@runafter/core';
import { type LuaScript, luaScript, runScript } from '../lua-script.ts';
import type { RedisConnection } from '../redis-connection.ts';
import { unpackOutcome } from './run-fields.ts';
import { sentTogether } from './sent-together.ts';
import { fromSortableKey, toSortableKey, toSortableText } from './sortable-text.ts';

/** So many outcomes in one reply, and so many places looked at in one step where most may not match. */
const slice = { outcomes: 250, places: 1_000 };

/** Between a frame and its key, and between a key and its mark: below all characters that these have. */
const end = '\0';

/** These are part of the format: they never change. */
const marks: Readonly<Record<Status, string>> = {
  Succeeded: '1',
  Failed: '2',
  Skipped: '3',
  TimedOut: '4',
  Cancelled: '5',
};

/**
 * KEYS: the places, the outcomes. ARGV: the bounds of the places, how many to look at, how many to give, and the
 * marks that are asked for, '' for all. Answers the last place that was looked at, '' at the end; those that
 * match; and their outcomes.
 */
const readPlaces: LuaScript = luaScript(`
local most, marks = tonumber(ARGV[4]), ARGV[5]
local there = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
local found, last = {}, #there == tonumber(ARGV[3]) and there[#there] or ''
for _, place in ipairs(there) do
  if marks == '' or string.find(marks, string.sub(place, -1), 1, true) then
    found[#found + 1] = string.sub(place, 1, -2)
    if #found == most then
      last = place
      break
    end
  end
end
if #found == 0 then return { last, found, found } end
return { last, found, redis.call('HMGET', KEYS[2], unpack(found)) }
`);

/** A place as a field of the outcomes. With {@link toMark} behind it, it is a member of the places. */
export function toPlace(frame: string, key: string | number): string {
  return `${toSortableText(frame)}${end}${toSortableKey(key)}${end}`;
}

export function toMark(status: Status): string {
  return marks[status];
}

/** Where to read. */
export interface FrameKeys {
  readonly places: string;
  readonly outcomes: string;
}

export function readFrame(
  connection: RedisConnection,
  keys: FrameKeys,
  frame: string,
  query: FrameQuery,
): Promise<StoredOutcome[]> {
  return query.keys === undefined
    ? readInOrder(connection, keys, frame, query)
    : readSome(connection, keys.outcomes, frame, query, query.keys);
}

async function readInOrder(
  connection: RedisConnection,
  { places, outcomes }: FrameKeys,
  frame: string,
  { after, statuses, limit = Number.POSITIVE_INFINITY }: FrameQuery,
): Promise<StoredOutcome[]> {
  const asked = statuses?.map(toMark).join('');
  const found: StoredOutcome[] = [];
  if (asked === '') return found;
  const inFrame = toSortableText(frame) + end;
  let from = `(${after === undefined ? inFrame : `${toPlace(frame, after)}${afterAllMarks}`}`;
  while (found.length < limit) {
    const most = Math.min(limit - found.length, slice.outcomes);
    const look = asked === undefined ? most : slice.places;
    const args = [from, `(${toSortableText(frame)}${afterEnd}`, look, most, asked ?? ''];
    const reply = await connection.run((client) =>
      sentTogether(client, () => runScript(client, readPlaces, [places, outcomes], args)),
    );
    const [last, fields, values] = reply as [string, string[], (string | null)[]];
    for (const [n, field] of fields.entries()) {
      const packed = values[n];
      const key = fromSortableKey(field.slice(inFrame.length, -end.length));
      if (packed) found.push(unpackOutcome(frame, key, packed));
    }
    if (last === '') return found;
    from = `(${last}`;
  }
  return found;
}

/** Above {@link end}, and above all marks. */
const afterEnd = '\u0001';
const afterAllMarks = ':';

/** The outcomes of these keys, a slice at a time. */
async function readSome(
  connection: RedisConnection,
  outcomes: string,
  frame: string,
  { after, statuses, limit = Number.POSITIVE_INFINITY }: FrameQuery,
  keys: readonly (string | number)[],
): Promise<StoredOutcome[]> {
  const byPlace = new Map(keys.map((key) => [toPlace(frame, key), key]));
  const from = after === undefined ? '' : toPlace(frame, after);
  // As texts of JavaScript they sort as in Redis: nothing in them is above U+D7FF.
  const places = [...byPlace.keys()].sort().filter((place) => place > from);
  const found: StoredOutcome[] = [];
  for (let at = 0; at < places.length && found.length < limit; at += slice.outcomes) {
    const some = places.slice(at, at + slice.outcomes);
    const values = await connection.run((client) => client.hmget(outcomes, ...some));
    for (const [n, place] of some.entries()) {
      const packed = values[n];
      if (!packed || found.length === limit) continue;
      const outcome = unpackOutcome(frame, byPlace.get(place) ?? '', packed);
      if (statuses?.includes(outcome.status) ?? true) found.push(outcome);
    }
  }
  return found;
}
