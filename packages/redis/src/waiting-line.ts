/**
 * Who waits for a name, in the order of their coming, as Lua that the scripts of locks and semaphores begin with.
 *
 * `line` is a sorted set with a number for each, `places` a hash with the time at which each place is lost. Only
 * the first in line matters, so a dead waiter is dropped when it has come to be first. Both keys expire with
 * the last place.
 * @module
 */
import { type LuaScript, luaScript } from './lua-script.ts';

/**
 * Makes a script for which these are there:
 *
 * - KEYS: the line; the places; then the script's own. ARGV: the owner; the id of the lock object, a UUID; what the
 *   names of channels begin with; then the script's own.
 * - Whoever waits is known as the id and the owner in one: so a release can tell the process that waits, and it
 *   the call.
 */
export function scriptWithLine(source: string): LuaScript {
  return luaScript(line + source);
}

// Times are microseconds since 1970, which a double holds exactly until the year 2255.
const line = `
local line, places = KEYS[1], KEYS[2]
local owner, id, channels = ARGV[1], ARGV[2], ARGV[3]
local waiter = id .. owner

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function keepFor(ms, ...)
  for _, key in ipairs({ ... }) do
    if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
  end
end

local function leaveLine(who)
  redis.call('ZREM', line, who)
  redis.call('HDEL', places, who)
end

local function firstInLine()
  local first = redis.call('ZRANGE', line, 0, 0)[1]
  while first and tonumber(redis.call('HGET', places, first) or 0) < now() do
    leaveLine(first)
    first = redis.call('ZRANGE', line, 0, 0)[1]
  end
  return first
end

local function takePlace(ms)
  if not redis.call('ZSCORE', line, waiter) then
    local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')[2] or 0
    redis.call('ZADD', line, last + 1, waiter)
  end
  redis.call('HSET', places, waiter, now() + ms * 1000)
  keepFor(ms, line, places)
end

-- What the script has done stands, also when the user may not publish: waiters poll then.
local function wakeFirst()
  local first = firstInLine()
  if first then redis.pcall('PUBLISH', channels .. string.sub(first, 1, 36), string.sub(first, 37)) end
end
`;
