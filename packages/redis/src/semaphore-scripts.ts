/**
 * A semaphore on the server: its holders by the time at which each expires, and what those take beyond one permit
 * that take more.
 *
 * Whoever is granted tells the next in line when there is still room: one expiry may be room for several.
 * @module
 */
import type { LeaseScripts } from './lease-scripts.ts';
import { scriptWithLine } from './waiting-line.ts';

const holders = `
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

export const semaphoreScripts: LeaseScripts = {
  kind: 'semaphore',
  keys: [':line', ':places', '', ':extras'],

  acquire: scriptWithLine(`${holders}
local ttl, place, weight, permits = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
if redis.call('ZSCORE', holders, owner) then
  hold(ttl)
  return { '1', '1' }
end
local used = redis.call('ZCARD', holders) + weight
for _, extra in ipairs(redis.call('HVALS', extras)) do used = used + extra end
local first = firstInLine()
local isNext = (first or waiter) == waiter
if isNext and used <= permits then
  if weight > 1 then redis.call('HSET', extras, owner, weight - 1) end
  hold(ttl)
  if first then
    leaveLine(waiter)
    if used < permits then wakeFirst() end
  end
  return { '1', '1' }
end
if place then takePlace(place) end
local soonest = redis.call('ZRANGE', holders, 0, 0, 'WITHSCORES')
local freeIn = isNext and soonest[2] and math.ceil((soonest[2] - now()) / 1000)
return { '0', soonest[1] or '', freeIn or '' }
`),

  renew: scriptWithLine(`${holders}
if not redis.call('ZSCORE', holders, owner) then return 0 end
hold(tonumber(ARGV[4]))
return 1
`),

  release: scriptWithLine(`${holders}
local wasFirst = firstInLine() == waiter
local wasHeld = giveUp(owner)
if not wasHeld then leaveLine(waiter) end
if wasHeld or wasFirst then wakeFirst() end
return 1
`),
};
