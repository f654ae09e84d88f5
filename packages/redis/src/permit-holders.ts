/**
 * Who holds permits, as Lua for the scripts of semaphores, limiters and run gates: the holders by the time at which
 * each expires, and how much more than one permit those take that do.
 *
 * A holder that has expired is taken back by whichever script comes next. Both keys expire with the last holder.
 * @module
 */
import { type LuaScript, luaScript } from './lua-script.ts';
import { waitingLine } from './waiting-line.ts';

/** Functions for a script whose KEYS are the line, the places, the holders and the extras, and others. */
export const permitHolders: string = `${waitingLine}
local holders, extras = KEYS[3], KEYS[4]

local function holds(who)
  return redis.call('ZSCORE', holders, who)
end

local function hold(ttl)
  redis.call('ZADD', holders, now() + ttl * 1000, owner)
  keepFor(ttl, holders, extras)
end

local function holdNew(weight, ttl)
  if weight > 1 then redis.call('HSET', extras, owner, weight - 1) end
  hold(ttl)
end

local function giveUp(who)
  redis.call('HDEL', extras, who)
  return redis.call('ZREM', holders, who) == 1
end

local function expired()
  return redis.call('ZRANGEBYSCORE', holders, '-inf', now())
end

local function heldWeight()
  local weight = redis.call('ZCARD', holders)
  for _, extra in ipairs(redis.call('HVALS', extras)) do weight = weight + extra end
  return weight
end

-- Who holds a permit that will be free unless it is renewed, and in how many milliseconds.
local function soonestEnd()
  local soonest = redis.call('ZRANGE', holders, 0, 0, 'WITHSCORES')
  return soonest[1], soonest[2] and math.ceil((soonest[2] - now()) / 1000)
end
`;

/** ARGV: the owner; the ttl. Answers 1, or 0 when the owner does not hold anything any more. */
// Where memory is short, Redis refuses a ZADD, but not to a script that has begun to write.
export const renewPermit: LuaScript = luaScript(`${permitHolders}
local expiresAt = redis.call('ZSCORE', holders, owner)
if not expiresAt or tonumber(expiresAt) <= now() then return 0 end
redis.call('ZREM', holders, owner)
hold(tonumber(ARGV[2]))
return 1
`);

/** KEYS: as all of these. Answers the weight that is held, and how many wait. */
export const inspectPermits: LuaScript = luaScript(`${permitHolders}
local held, waiting = 0, 0
for _, who in ipairs(redis.call('ZRANGEBYSCORE', holders, '(' .. string.format('%.0f', now()), '+inf')) do
  held = held + 1 + (redis.call('HGET', extras, who) or 0)
end
for _, place in ipairs(redis.call('HVALS', places)) do
  if tonumber(string.match(place, '^%d+')) > now() then waiting = waiting + 1 end
end
return { held, waiting }
`);
