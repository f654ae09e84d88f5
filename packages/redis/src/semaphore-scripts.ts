/**
 * A semaphore on the server: the weights of its holders never add up to more than the permits.
 *
 * Whoever is granted tells the next in line when there is still room: one release may be room for several.
 * Read next: permit-holders.ts; lease-scripts.ts for the arguments.
 * @module
 */
import type { LeaseScripts } from './lease-scripts.ts';
import { luaScript } from './lua-script.ts';
import { permitHolders, renewPermit } from './permit-holders.ts';

const holders = `${permitHolders}
for _, who in ipairs(expired()) do giveUp(who) end
`;

const acquire = luaScript(`${holders}
local ttl, place, channel = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local weight, permits = tonumber(ARGV[5]), tonumber(ARGV[6])
if holds(owner) then
  hold(ttl)
  return '1'
end
local used = heldWeight() + weight
local first = firstInLine()
local isNext = (first or owner) == owner
if isNext and used <= permits then
  holdNew(weight, ttl)
  if first then
    leaveLine(owner)
    if used < permits then wakeFirst() end
  end
  return '1'
end
if place then takePlace(place, channel) end
local heldBy, freeIn = soonestEnd()
if not isNext then freeIn = place and askAgainIn() end
return { heldBy or '', freeIn or '' }
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
    renew: renewPermit,
    release,
  };
}
