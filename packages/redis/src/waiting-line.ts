/**
 * Who waits for a name, in the order of their coming, as Lua for the scripts of all kinds of leases, and of pools.
 *
 * `line` is a sorted set with a number for each owner; `places` a hash that tells when each loses its place, and on
 * which channels it listens: an operation that claims from several stores has one place, and as many channels. A
 * dead waiter is dropped by whoever comes upon it: a release that looks for the first in line, or the one behind it.
 * Both keys expire with the last place.
 * @module
 */

/**
 * Functions for a script whose KEYS begin with the line and the places, and whose ARGV with the owner.
 * Where nobody waits, scripts end before this: Redis makes the functions anew in each call.
 */
// Times are microseconds since 1970, which a double holds exactly until the year 2255.
export const waitingLine = `
local mostChannels = 8
local line, places, owner = KEYS[1], KEYS[2], ARGV[1]

local nowIs
local function now()
  if not nowIs then
    local time = redis.call('TIME')
    nowIs = time[1] * 1000000 + time[2]
  end
  return nowIs
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

local function placeOf(who)
  local place = redis.call('HGET', places, who)
  if not place then return 0, {} end
  local lostAt, channels = string.match(place, '^(%d+) (.*)$')
  return tonumber(lostAt), cjson.decode(channels)
end

-- Who lives at a rank, on which channels it listens, and how many microseconds are left of its place. The dead who are
-- come upon leave the line.
local function liveAt(rank)
  local who = redis.call('ZRANGE', line, rank, rank)[1]
  if not who then return nil end
  local lostAt, channels = placeOf(who)
  local left = lostAt - now()
  if left > 0 then return who, channels, left end
  leaveLine(who)
  return liveAt(math.max(rank - 1, 0))
end

local function firstInLine()
  return liveAt(0)
end

-- Who is not first asks again when the one before it has lost its place; that one may have died.
local function askAgainIn()
  local _, _, left = liveAt(redis.call('ZRANK', line, owner) - 1)
  return math.ceil(left / 1000)
end

local function takePlace(ms, channel)
  if not redis.call('ZSCORE', line, owner) then
    local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')[2] or 0
    redis.call('ZADD', line, last + 1, owner)
  end
  local channels = { channel }
  local _, others = placeOf(owner)
  for _, other in ipairs(others) do
    if other ~= channel and #channels < mostChannels then table.insert(channels, other) end
  end
  redis.call('HSET', places, owner, string.format('%.0f %s', now() + ms * 1000, cjson.encode(channels)))
  keepFor(ms, line, places)
end

-- What the script has done stands, also when the user may not publish: waiters poll then.
local function wake(who, channels)
  for _, channel in ipairs(channels) do redis.pcall('PUBLISH', channel, who) end
end

local function wakeFirst()
  local first, channels = firstInLine()
  if first then wake(first, channels) end
end
`;
