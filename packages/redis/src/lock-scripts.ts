/**
 * A lock on the server: who holds it, with an expiry, and the last token, which is the holder's, without one.
 *
 * A token is one more than the last, and at least the time in milliseconds. So tokens grow by what is stored,
 * whatever clocks do; and where what was stored is lost, by a failover or a deletion, they still grow by the clock.
 * Read next: lease-scripts.ts for the arguments.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { LeaseScripts } from './lease-scripts.ts';
import { leastToken } from './least-token.ts';
import { luaScript } from './lua-script.ts';
import { waitingLine } from './waiting-line.ts';

const acquire = luaScript(`
local holder, tokens, ttl, least = KEYS[3], KEYS[4], ARGV[2], ARGV[5]
if redis.call('EXISTS', KEYS[1], holder) > 0 then
  ${waitingLine}
  local heldBy = redis.call('GET', holder)
  if heldBy == owner then
    redis.call('PEXPIRE', holder, ttl)
    local token = redis.call('GET', tokens)
    if token then return token end
  else
    local place, channel = tonumber(ARGV[3]), ARGV[4]
    local first = firstInLine() or owner
    if heldBy or first ~= owner then
      if place then takePlace(place, channel) end
      local freeIn = -1
      if first == owner then freeIn = redis.call('PTTL', holder) elseif place then freeIn = askAgainIn() end
      return { heldBy or '', freeIn >= 0 and freeIn or '' }
    end
    leaveLine(owner)
  end
end
local token = least
if tonumber(redis.call('GET', tokens) or 0) < tonumber(least) then
  redis.call('SET', tokens, token)
else
  redis.call('INCR', tokens)
  token = redis.call('GET', tokens)
end
redis.call('SET', holder, ARGV[1], 'PX', ttl)
return token
`);

const renew = luaScript(`
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
`);

const release = luaScript(`
local isOurs = redis.call('GET', KEYS[3]) == ARGV[1]
if isOurs then redis.call('DEL', KEYS[3]) end
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
    acquireArgs: () => [leastToken(clock.now())],
    acquire,
    renew,
    release,
  };
}
