/**
 * A run gate on the server: so many are in, so many may wait, and it is measured how fast permits come back.
 *
 * Invariant: whether there is a place in the room is decided in the same step that takes it, for all machines.
 * Read next: permit-holders.ts; lease-scripts.ts for the arguments.
 * @module
 */
import type { GateLimits, GateLoad } from '@runafter/admission';
import type { LeaseScripts } from './lease-scripts.ts';
import { luaScript } from './lua-script.ts';
import { permitHolders, renewPermit } from './permit-holders.ts';

/** What the driver throws for who finds no place. It has asked nothing more of the server. */
export class NoPlaceError extends Error {
  readonly outcome = 'not-done';
  readonly load: GateLoad;

  constructor(load: GateLoad) {
    super('the waiting room is full');
    this.load = load;
  }
}

const gate = `${permitHolders}
-- Since when the gate is full; for how long it was, and how many permits came back in that; how many were refused since.
local pace, swept = KEYS[5], KEYS[6]
local concurrency = tonumber(ARGV[ARGV_CONCURRENCY])

local function paceOf(field)
  return tonumber(redis.call('HGET', pace, field) or 0)
end

local function becameFull()
  redis.call('HSETNX', pace, 'since', string.format('%.0f', now()))
  keepFor(86400000, pace)
end

-- What is long ago fades, so the pace is that of about the last four fillings of the gate.
local function cameBack()
  redis.call('HDEL', pace, 'refused')
  local since = paceOf('since')
  if since == 0 then return end
  local kept = 1 - 1 / math.max(32, 4 * concurrency)
  redis.call('HSET', pace,
    'time', paceOf('time') * kept + now() - since,
    'returns', paceOf('returns') * kept + 1)
  redis.call('HDEL', pace, 'since')
end

for _, who in ipairs(expired()) do
  giveUp(who)
  cameBack()
end
`;

/**
 * ARGV from the fifth on: how many may be in; and how many may wait, '' for any number. For who finds no place it
 * answers also how many are in, how many wait, and in how many milliseconds there may be one, '' for not known.
 */
const acquire = luaScript(`${gate.replace('ARGV_CONCURRENCY', '5')}
local ttl, place, channel, room = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[6])

-- Of those who are refused until somebody comes out each is told another moment, for that makes one place.
local function retryAfter(inside)
  local time, returns, since = paceOf('time'), paceOf('returns'), paceOf('since')
  if returns == 0 then return '' end
  local refused = math.min(redis.call('HINCRBY', pace, 'refused', 1), inside)
  local mean, waited = time / returns, since > 0 and now() - since or 0
  if waited > mean then mean = (time + waited) / (returns + 1) end
  return math.max(1, math.ceil(mean * refused / 1000))
end

-- Those in the middle who have died have places, until somebody looks.
local function dropDead()
  if not redis.call('SET', swept, '1', 'NX', 'PX', 1000) then return end
  for _, who in ipairs(redis.call('ZRANGE', line, 0, -1)) do
    if placeOf(who) <= now() then leaveLine(who) end
  end
end

local function isFull()
  return redis.call('ZCARD', line) >= room
end

if holds(owner) then
  hold(ttl)
  return '1'
end
local running = redis.call('ZCARD', holders)
local first = firstInLine()
local isNext = (first or owner) == owner
if isNext and running < concurrency then
  holdNew(1, ttl)
  if running + 1 >= concurrency then becameFull() end
  if first then
    leaveLine(owner)
    if running + 1 < concurrency then wakeFirst() end
  end
  return '1'
end
if place and room and not redis.call('ZSCORE', line, owner) and isFull() then
  dropDead()
  local waiting = redis.call('ZCARD', line)
  if isFull() then return { '', '', running, waiting, retryAfter(running + waiting) } end
end
if place then takePlace(place, channel) end
local heldBy, freeIn = soonestEnd()
if not isNext then freeIn = place and askAgainIn() end
return { heldBy or '', freeIn or '' }
`);

/** ARGV from the second on: how many may be in. */
const release = luaScript(`${gate.replace('ARGV_CONCURRENCY', '2')}
local wasFirst = firstInLine() == owner
local wasHeld = giveUp(owner)
if wasHeld then cameBack() end
leaveLine(owner)
if wasHeld or wasFirst then wakeFirst() end
return 1
`);

export function gateScripts({ concurrency, room, refuses }: GateLimits): LeaseScripts {
  // Beyond any number of processes, and still a number for Lua.
  const most = Math.min(concurrency, Number.MAX_SAFE_INTEGER);
  const places = refuses && Number.isFinite(room) ? room : '';
  return {
    kind: 'gate',
    keys: [':line', ':places', '', ':extras', ':pace', ':swept'],
    acquireArgs: () => [most, places],
    acquire,
    refusal: (why) => new NoPlaceError(toLoad(why)),
    renew: renewPermit,
    releaseArgs: () => [most],
    release,
  };
}

function toLoad([running, waiting, retryAfter]: readonly (string | number)[]): GateLoad {
  return {
    running: Number(running),
    waiting: Number(waiting),
    retryAfter: retryAfter === '' ? undefined : Number(retryAfter),
  };
}
