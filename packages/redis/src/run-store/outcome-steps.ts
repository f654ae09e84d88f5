/**
 * Records outcomes, keeps states and claims attempts: steps of the script in run-script.ts.
 *
 * Outcomes are values of one hash, by place. What they are read by is a sorted set of the places, each with its
 * status behind it: all scores are the same, so their bytes decide. A claim is there until its place has an outcome.
 * @module
 */

/** What several steps use. */
export const claimFunctions = `
-- The attempt and the delivery of the newest claim; whether that was reported; and which request claimed it.
local function claimOf(place)
  local claim = redis.call('HGET', claims, place)
  if claim then return string.match(claim, '^(%d+) (%d+) (%d) (.*)$') end
end

local function keepClaim(place, attempt, delivery, reported, request)
  redis.call('HSET', claims, place, string.format('%.0f %.0f %s %s', attempt, delivery, reported, request))
end
`;

export const outcomeSteps = `
-- The token, the place, the mark of the status, the outcome, 1 or '' for a state to forget, its path; then the
-- numbers of the signals that it takes.
if call == 'record' then
  if redis.call('HGET', run, 'token') ~= ARGV[3] then return 'fenced' end
  local place = ARGV[4]
  if redis.call('HSETNX', outcomes, place, ARGV[6]) == 0 then
    local isOwn = request ~= '' and string.find(redis.call('HGET', outcomes, place), request, 1, true)
    if not isOwn then return 'duplicate' end
  end
  redis.call('ZADD', places, 0, place .. ARGV[5])
  redis.call('HDEL', claims, place)
  if ARGV[7] ~= '' then redis.call('HDEL', states, ARGV[8]) end
  for at = 9, #ARGV do redis.call('ZREMRANGEBYSCORE', signals, ARGV[at], ARGV[at]) end
  return 'recorded'
end

-- The token, the path, the state.
if call == 'save' then
  if redis.call('HGET', run, 'token') ~= ARGV[3] then return 0 end
  redis.call('HSET', states, ARGV[4], ARGV[5])
  return 1
end
`;

export const claimStep: string = `
-- The place, the attempt. Answers the number of the delivery, or nothing.
if call == 'claim' then
  local stored = redis.call('HMGET', run, 'token', 'status')
  local place, attempt = ARGV[3], tonumber(ARGV[4])
  if not stored[1] or stored[2] or redis.call('HEXISTS', outcomes, place) == 1 then return false end
  local newest, delivery, reported, by = claimOf(place)
  newest = tonumber(newest or 0)
  if newest > attempt or newest == attempt and reported == '1' then return false end
  if newest == attempt and isRepeated(by) then return tonumber(delivery) end
  delivery = newest == attempt and tonumber(delivery) + 1 or 1
  keepClaim(place, attempt, delivery, 0, request)
  return delivery
end
`;
