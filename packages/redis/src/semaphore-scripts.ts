/**
 * A semaphore on the server: its holders by the time at which each expires, and how much more than one permit
 * those take that do.
 *
 * Whoever is granted tells the next in line when there is still room: one release may be room for several.
 * Read next: lease-scripts.ts for the arguments.
 * @module
 */
import type { LeaseScripts } from './lease-scripts.ts';
import { luaScript } from './lua-script.ts';
import { waitingLine } from './waiting-line.ts';

const holders = `${waitingLine}
local holders, extras = KEYS[3], KEYS[4]

local function giveUp(who)
  redis.call('HDEL', extras, who)
  return redis.call('ZREM', holders, who) == 1
end

local function hold(ttl)
  redis.call('ZADD', holders, now() + ttl * 1000, owner)
  keepFor(ttl, holders, extras)
end

for _, expired in ipairs(redis.call('ZRANGEBYSCORE', holders, '-inf', now())) do giveUp(expired) end
`;

const acquire = luaScript(`${holders}
local ttl, place, channel = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local weight, permits = tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('ZSCORE', holders, owner) then
  hold(ttl)
  return '1'
end
local used = redis.call('ZCARD', holders) + weight
for _, extra in ipairs(redis.call('HVALS', extras)) do used = used + extra end
local first = firstInLine()
local isNext = (first or owner) == owner
if isNext and used <= permits then
  if weight > 1 then redis.call('HSET', extras, owner, weight - 1) end
  hold(ttl)
  if first then
    leaveLine(owner)
    if used < permits then wakeFirst() end
  end
  return '1'
end
if place then takePlace(place, channel) end
local soonest = redis.call('ZRANGE', holders, 0, 0, 'WITHSCORES')
local freeIn
if not isNext then
  freeIn = place and askAgainIn()
elseif soonest[2] then
  freeIn = math.ceil((soonest[2] - now()) / 1000)
end
return { soonest[1] or '', freeIn or '' }
`);

// Where memory is short, Redis refuses a ZADD, but not to a script that has begun to write.
const renew = luaScript(`${holders}
if redis.call('ZREM', holders, owner) == 0 then return 0 end
hold(tonumber(ARGV[2]))
return 1
`);

const release = luaScript(`${holders}
local wasFirst = firstInLine() == owner
local wasHeld = giveUp(owner)
leaveLine(owner)
if wasHeld or wasFirst then wakeFirst() end
return 1
`);

export function semaphoreScripts(permits: number): LeaseScripts {
  return {
    kind: 'semaphore',
    keys: [':line', ':places', '', ':extras'],
    acquireArgs: ({ weight }) => [weight, permits],
    acquire,
    renew,
    release,
  };
}
