/**
 * A limiter on the server: what it grants is counted against its rates, and held while it is under way.
 *
 * A request is known by its owner, so one whose reply was lost is granted again and not counted again. Where nothing
 * bounds how much is under way, a permit needs no release: it is forgotten with the next request of a process that
 * has it, or after its ttl.
 * Read next: rate-counts.ts; permit-holders.ts; lease-scripts.ts for the arguments.
 * @module
 */
import type { LeaseRequest } from '@runafter/lock';
import type { BudgetLimits } from '@runafter/throttle';
import type { LeaseScripts } from './lease-scripts.ts';
import { luaScript } from './lua-script.ts';
import { permitHolders, renewPermit } from './permit-holders.ts';
import { countedRates, rateArgs, rateCounts, rateKeys } from './rate-counts.ts';

/** What the server cannot know of permits. */
export interface PermitNews {
  /** Takes the owners out whose permits need not be remembered any more. */
  settled(): readonly string[];
  /** Whether a permit was handed over, so that its call counts. */
  wasUsed(request: LeaseRequest): boolean;
}

const limiter = `${permitHolders}
${rateCounts}
-- When each holder has started; and a key that is there while the first in line waits for a rate.
local starts, closed = KEYS[5], KEYS[6]

local function forget(who)
  redis.call('HDEL', starts, who)
  return giveUp(who)
end

for _, who in ipairs(expired()) do forget(who) end
`;

/** ARGV from the fifth on: the weight; the permits, '' for any number; four of each rate; and the settled owners. */
const acquire = luaScript(`${limiter}
local ttl, place, channel = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local weight, permits = tonumber(ARGV[5]), tonumber(ARGV[6])
local rates = ratesIn(7, 7)
for at = 7 + 4 * #rates, #ARGV do forget(ARGV[at]) end
if holds(owner) then
  hold(ttl)
  return '1'
end
local freeAt = 0
for _, rate in ipairs(rates) do freeAt = math.max(freeAt, rate.model.freeAt(rate, weight)) end
local isFree = freeAt <= now()
local fits = not permits or heldWeight() + weight <= permits
local first = firstInLine()
local isNext = (first or owner) == owner
if isNext and isFree and fits then
  holdNew(weight, ttl)
  redis.call('HSET', starts, owner, string.format('%.0f', now()))
  keepFor(ttl, starts)
  for _, rate in ipairs(rates) do rate.model.count(rate, weight) end
  if first then
    leaveLine(owner)
    wakeFirst()
  end
  return '1'
end
if place then takePlace(place, channel) end
local heldBy, freeIn
if not isNext then
  freeIn = place and askAgainIn()
elseif isFree then
  redis.call('DEL', closed)
  heldBy, freeIn = soonestEnd()
else
  freeIn = math.ceil((freeAt - now()) / 1000)
  if place then redis.call('SET', closed, '1', 'PX', freeIn) end
end
return { heldBy or '', freeIn or '' }
`);

/** ARGV from the second on: 1 if the call counts, else ''; and four of each rate. */
const release = luaScript(`${limiter}
local wasFirst = firstInLine() == owner
local startedAt = tonumber(redis.call('HGET', starts, owner))
local takesBack = startedAt and ARGV[2] == ''
if takesBack then
  local weight = (redis.call('HGET', extras, owner) or 0) + 1
  for _, rate in ipairs(ratesIn(7, 3)) do rate.model.takeBack(rate, weight, startedAt) end
end
local wasHeld = forget(owner)
leaveLine(owner)
if wasFirst or takesBack or wasHeld and redis.call('EXISTS', closed) == 0 then wakeFirst() end
return 1
`);

export function limiterScripts(
  limits: BudgetLimits,
  { settled, wasUsed }: PermitNews,
): LeaseScripts {
  const permits = Number.isFinite(limits.concurrency) ? limits.concurrency : '';
  const rates = countedRates(limits);
  const ofRates = rates.flatMap(rateArgs);
  return {
    kind: 'limiter',
    keys: [':line', ':places', '', ':extras', ':starts', ':closed', ...rateKeys(rates)],
    acquireArgs: ({ weight }) => [weight, permits, ...ofRates, ...settled()],
    acquire,
    renew: renewPermit,
    releaseArgs: (request) => [wasUsed(request) ? 1 : '', ...ofRates],
    release,
  };
}
