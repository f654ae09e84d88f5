/**
 * Creates runs, grants their leases, ends runs and deletes them: steps of the script in run-script.ts.
 *
 * A token is one more than the last, and at least the server's time in microseconds. So tokens grow by what is
 * stored, whatever the clock does; and where what was stored is lost, they still grow by the clock. The last
 * token of a deleted run is remembered for a day.
 * @module
 */

const rememberedToken = 86_400_000;

/** What several steps use. */
export const leaseFunctions = `
local function microseconds()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function expiry(ttl)
  return string.format('%.0f', math.floor(microseconds() / 1000) + tonumber(ttl))
end

local function grant(last, holder, ttl, ...)
  local token = string.format('%.0f', math.max(tonumber(last) + 1, microseconds()))
  redis.call('HSET', run, 'token', token, 'holder', holder, 'expiresAt', expiry(ttl), 'request', request, ...)
  return token
end
`;

export const leaseSteps: string = `
-- The holder, the ttl, what its age begins with in the index, and its id there; then fields and values.
-- Answers the token, or nothing when the run exists.
if call == 'create' then
  local stored = redis.call('HMGET', run, 'token', 'request')
  if stored[1] then return isRepeated(stored[2]) and stored[1] or false end
  local last = string.match(redis.call('GET', lastToken) or '0', '^%d+')
  local token = grant(last, ARGV[3], ARGV[4], 'age', ARGV[5], unpack(ARGV, 7))
  redis.call('UNLINK', outcomes, places, claims, states, signals, signalIds)
  redis.call('ZADD', running, 0, ARGV[5] .. ARGV[6])
  return token
end

-- The holder, the ttl. Answers { token, '', whose lease had expired }, or { holder, expiry } of who has it, or nothing.
if call == 'acquire' then
  local stored = redis.call('HMGET', run, 'token', 'holder', 'expiresAt', 'request')
  if not stored[1] then return false end
  if stored[2] and isRepeated(stored[4]) then return { stored[1], '' } end
  if stored[2] and tonumber(stored[3]) > microseconds() / 1000 then return { stored[2], stored[3] } end
  return { grant(stored[1], ARGV[3], ARGV[4]), '', stored[2] }
end

-- The token, the ttl.
if call == 'renew' then
  local stored = redis.call('HMGET', run, 'token', 'holder')
  if stored[1] ~= ARGV[3] or not stored[2] then return 0 end
  redis.call('HSET', run, 'expiresAt', expiry(ARGV[4]))
  return 1
end

-- The token.
if call == 'release' then
  if redis.call('HGET', run, 'token') == ARGV[3] then redis.call('HDEL', run, 'holder', 'expiresAt') end
  return 1
end

-- The token, its id in the index; then fields and values.
if call == 'end' then
  local stored = redis.call('HMGET', run, 'token', 'status', 'age', 'ending')
  if stored[1] ~= ARGV[3] then return isRepeated(stored[4]) and 1 or 0 end
  if not stored[2] then
    redis.call('HSET', run, 'ending', request, unpack(ARGV, 5))
    redis.call('ZADD', ended, 0, stored[3] .. ARGV[4])
    redis.call('ZREM', running, stored[3] .. ARGV[4])
  end
  redis.call('HDEL', run, 'holder', 'expiresAt')
  return 1
end

-- Its id in the index; before when it has to have ended, or ''.
if call == 'delete' then
  local stored = redis.call('HMGET', run, 'token', 'age', 'endTime')
  if not stored[1] then
    return isRepeated(string.match(redis.call('GET', lastToken) or '', ' (.*)$')) and 1 or 0
  end
  if ARGV[4] ~= '' and not (stored[3] and tonumber(stored[3]) < tonumber(ARGV[4])) then return 0 end
  redis.call('UNLINK', run, outcomes, places, claims, states, signals, signalIds)
  redis.call('ZREM', running, stored[2] .. ARGV[3])
  redis.call('ZREM', ended, stored[2] .. ARGV[3])
  redis.call('SET', lastToken, stored[1] .. ' ' .. request, 'PX', ${rememberedToken})
  return 1
end
`;
