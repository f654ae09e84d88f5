/**
 * A pool on the server: which resources there are, which are free, who has the others, and who waits for one.
 *
 * Invariant: a resource that is not withdrawn is either among the free ones or held by one owner. What is free is a
 * sorted set by the order of addition, so a claim takes the first of it, however many there are. Whatever has expired is
 * taken back before anything else is looked at.
 * Read next: waiting-line.ts; redis-pools.ts, which passes the arguments.
 * @module
 */
import { type LuaScript, luaScript } from './lua-script.ts';
import { waitingLine } from './waiting-line.ts';

/**
 * How the keys of a pool end, in the order of KEYS, for each script: the line and the places; all resources by the
 * order of their addition; their values; those that are free; those that are withdrawn; the last token of each; of
 * each owner since when it has which; when that expires; and who was released for good.
 */
export const poolKeys = [
  ':line',
  ':places',
  '',
  ':values',
  ':free',
  ':withdrawn',
  ':tokens',
  ':holders',
  ':expiries',
  ':retired',
] as const;

const rememberedRetired = 1_000;

const keyNames = `
local order, values, free, withdrawn = KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local tokens, holders, expiries, retired = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
`;

// Where memory is short, Redis refuses a ZADD, but not to a script that has begun to write: so what is given back is
// removed first, and added to what is free then.
const pools = `${waitingLine}${keyNames}
local function heldBy(who)
  local held = redis.call('HGET', holders, who)
  return held and string.match(held, '^%d+ (.*)$')
end

local function takeBack(who)
  local id = heldBy(who)
  redis.call('HDEL', holders, who)
  redis.call('ZREM', expiries, who)
  if not id then return false end
  local rank = redis.call('ZSCORE', order, id)
  if rank and redis.call('SISMEMBER', withdrawn, id) == 0 then redis.call('ZADD', free, rank, id) end
  return true
end

-- Others may wait for the same, with the same owner: they ask, and hear what has become of it.
local function wakeOwnersOthers()
  local _, channels = placeOf(owner)
  wake(owner, channels)
end

local function expireAfter(ttl)
  redis.call('ZREM', expiries, owner)
  if ttl then redis.call('ZADD', expiries, now() + ttl * 1000, owner) end
end

for _, expired in ipairs(redis.call('ZRANGEBYSCORE', expiries, '-inf', now())) do takeBack(expired) end
`;

/**
 * ARGV: the owner; the ttl, in milliseconds, '' for none; for how many milliseconds a place in the line is kept, ''
 * for none; the channel on which the owner listens; and the least that a new token may be. Answers { id, value,
 * token }; or in how many milliseconds to ask again, '' where that is not known; or nothing for who is retired.
 */
export const claimResource: LuaScript = luaScript(`${pools}
local ttl, place, channel, least = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]

local function newToken(id)
  if tonumber(redis.call('HGET', tokens, id) or 0) < tonumber(least) then
    redis.call('HSET', tokens, id, least)
    return least
  end
  redis.call('HINCRBY', tokens, id, 1)
  return redis.call('HGET', tokens, id)
end

if redis.call('ZSCORE', retired, owner) then return false end
local id = heldBy(owner)
if id then
  expireAfter(ttl)
  return { id, redis.call('HGET', values, id), redis.call('HGET', tokens, id) or newToken(id) }
end

local first = firstInLine()
local isNext = (first or owner) == owner
id = isNext and redis.call('ZRANGE', free, 0, 0)[1]
if id then
  redis.call('HSET', holders, owner, string.format('%.0f %s', now(), id))
  redis.call('ZREM', free, id)
  expireAfter(ttl)
  if first then
    wakeOwnersOthers()
    leaveLine(owner)
    if redis.call('EXISTS', free) == 1 then wakeFirst() end
  end
  return { id, redis.call('HGET', values, id), newToken(id) }
end

if place then takePlace(place, channel) end
if not isNext then return place and askAgainIn() or '' end
local soonest = redis.call('ZRANGE', expiries, 0, 0, 'WITHSCORES')[2]
return soonest and math.ceil((soonest - now()) / 1000) or ''
`);

/** ARGV: the owner; the ttl. Answers 1, or 0 when the owner has nothing any more. */
export const renewClaim: LuaScript = luaScript(`${pools}
if not heldBy(owner) then return 0 end
expireAfter(tonumber(ARGV[2]))
return 1
`);

/**
 * KEYS: also a note that this release took something, where it may arrive twice. ARGV: the owner; 1 to retire it, else
 * ''; for how many milliseconds the note is kept. Takes back its resource and its place, and tells who is first in line
 * when that may help. Answers 1 when there was a resource.
 */
export const releaseClaim: LuaScript = luaScript(`${pools}
local note = KEYS[11]
local wasFirst = firstInLine() == owner
local hadResource = takeBack(owner)
if ARGV[2] == '1' then wakeOwnersOthers() end
leaveLine(owner)
if ARGV[2] == '1' then
  local last = redis.call('ZRANGE', retired, -1, -1, 'WITHSCORES')[2] or 0
  redis.call('ZADD', retired, 'NX', last + 1, owner)
  redis.call('ZREMRANGEBYRANK', retired, 0, -${rememberedRetired + 1})
end
if note and hadResource then redis.call('SET', note, '1', 'PX', ARGV[3]) end
if hadResource or wasFirst then wakeFirst() end
return (hadResource or note and redis.call('EXISTS', note) == 1) and 1 or 0
`);

/** ARGV: the owner. Takes back its place, and tells who is first in line then. */
export const leaveLineOfPool: LuaScript = luaScript(`${waitingLine}
local wasFirst = firstInLine() == owner
leaveLine(owner)
if wasFirst then wakeFirst() end
return 1
`);

/** ARGV: ''; 1 to change and bring back those that the pool knows, else ''; then the id and the value of each. */
export const addResources: LuaScript = luaScript(`${pools}
local isHeld = {}
for _, held in ipairs(redis.call('HVALS', holders)) do isHeld[string.match(held, '^%d+ (.*)$')] = true end
local last = tonumber(redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2] or 0)
for at = 3, #ARGV, 2 do
  local id, value = ARGV[at], ARGV[at + 1]
  local rank = redis.call('ZSCORE', order, id)
  if ARGV[2] == '1' or not rank then
    if not rank then
      last = last + 1
      rank = last
      redis.call('ZADD', order, rank, id)
    end
    redis.call('HSET', values, id, value)
    redis.call('SREM', withdrawn, id)
    if not isHeld[id] then redis.call('ZADD', free, rank, id) end
  end
end
wakeFirst()
return 1
`);

/** ARGV: the ids. */
export const withdrawResources: LuaScript = luaScript(`${keyNames}
for _, id in ipairs(ARGV) do
  if redis.call('ZSCORE', order, id) then
    redis.call('ZREM', free, id)
    redis.call('SADD', withdrawn, id)
  end
end
return 1
`);

/**
 * Answers { id, value } of each resource that is free; and of each that is held also 1 if it is withdrawn, the token,
 * the owner, since when in milliseconds since 1970, and in how many milliseconds it expires, '' for never.
 */
export const inspectPool: LuaScript = luaScript(`${keyNames}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local expiryOf, claimOf, isWithdrawn, states = {}, {}, {}, {}

local function pairsIn(reply, take)
  for at = 1, #reply, 2 do take(reply[at], reply[at + 1]) end
end

pairsIn(redis.call('ZRANGE', expiries, 0, -1, 'WITHSCORES'), function(who, expiry) expiryOf[who] = expiry end)
pairsIn(redis.call('HGETALL', holders), function(who, held)
  local since, id = string.match(held, '^(%d+) (.*)$')
  local left = expiryOf[who] and expiryOf[who] - now
  if not left or left > 0 then
    claimOf[id] = { who, math.floor(since / 1000), left and math.ceil(left / 1000) or '' }
  end
end)
for _, id in ipairs(redis.call('SMEMBERS', withdrawn)) do isWithdrawn[id] = true end
for _, id in ipairs(redis.call('ZRANGE', order, 0, -1)) do
  local value, claim = redis.call('HGET', values, id), claimOf[id]
  if claim then
    local token = redis.call('HGET', tokens, id)
    table.insert(states, { id, value, isWithdrawn[id] and 1 or 0, token, unpack(claim) })
  elseif not isWithdrawn[id] then
    table.insert(states, { id, value })
  end
end
return states
`);
