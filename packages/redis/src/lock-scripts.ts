/**
 * A lock on the server: who holds it, with an expiry, and the last token, without one.
 *
 * A token is one more than the last, and at least the time in milliseconds. So tokens grow by what is stored,
 * whatever clocks do; and where what was stored is lost, by a failover or a deletion, they still grow by the clock.
 * Read next: lease-scripts.ts for the arguments.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { LeaseScripts } from './lease-scripts.ts';
import { luaScript } from './lua-script.ts';
import { waitingLine } from './waiting-line.ts';

const acquire = luaScript(`
local holder, tokens, ttl = KEYS[3], KEYS[4], ARGV[2]
local held = redis.call('GET', holder)
if held or redis.call('EXISTS', KEYS[1]) == 1 then
  ${waitingLine}
  local token, heldBy = string.match(held or '', '^(%d+):(.*)$')
  if heldBy == owner then
    redis.call('PEXPIRE', holder, ttl)
    return token
  end
  local place, channel = tonumber(ARGV[3]), ARGV[4]
  local first = firstInLine() or owner
  if held or first ~= owner then
    if place then takePlace(place, channel) end
    local freeIn = -1
    if first == owner then freeIn = redis.call('PTTL', holder) elseif place then freeIn = turnIn() end
    return { heldBy or '', freeIn >= 0 and freeIn or '' }
  end
  leaveLine(owner)
end
local token, least = redis.call('INCR', tokens), tonumber(ARGV[5])
if token < least then
  token = least
  redis.call('SET', tokens, ARGV[5])
end
token = string.format('%.0f', token)
redis.call('SET', holder, token .. ':' .. ARGV[1], 'PX', ttl)
return token
`);

const renew = luaScript(`
local held = redis.call('GET', KEYS[3])
if not held or string.match(held, ':(.*)') ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
`);

const release = luaScript(`
local holder = KEYS[3]
local held = redis.call('GET', holder)
local isOurs = held and string.match(held, ':(.*)') == ARGV[1]
if isOurs then redis.call('DEL', holder) end
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
${waitingLine}
local wasFirst = firstInLine() == owner
leaveLine(owner)
if isOurs or wasFirst then wakeFirst() end
return 1
`);

/** @param clock - tells the least that a token may be. */
export function lockScripts(clock: Clock): LeaseScripts {
  return {
    kind: 'lock',
    keys: [':line', ':places', '', ':token'],
    acquireArgs: () => [clock.now()],
    ...{ acquire, renew, release },
  };
}
