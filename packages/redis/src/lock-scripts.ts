/**
 * A lock on the server: who holds it, with an expiry, and the last token, without one.
 *
 * Tokens are the server's time in microseconds, or one more than the last token where that is greater. So they
 * grow by what is stored, whatever the clock does; and where what is stored was lost, they still grow by the clock.
 * @module
 */
import type { LeaseScripts } from './lease-scripts.ts';
import { scriptWithLine } from './waiting-line.ts';

const holder = `
local holder, tokens = KEYS[3], KEYS[4]
local held = redis.call('GET', holder)
local token, heldBy = string.match(held or '', '^(%d+):(.*)$')
`;

export const lockScripts: LeaseScripts = {
  kind: 'lock',
  keys: [':line', ':places', '', ':token'],

  acquire: scriptWithLine(`${holder}
local ttl, place = ARGV[4], tonumber(ARGV[5])
if heldBy == owner then
  redis.call('PEXPIRE', holder, ttl)
  return { '1', token }
end
local first = (place or not held) and firstInLine() or nil
if held or first and first ~= waiter then
  if place then takePlace(place) end
  local freeIn = held and place and (first or waiter) == waiter and redis.call('PTTL', holder)
  return { '0', heldBy or '', freeIn and freeIn >= 0 and freeIn or '' }
end
local time = now()
if tonumber(redis.call('GET', tokens) or 0) < time then
  token = string.format('%.0f', time)
  redis.call('SET', tokens, token)
else
  redis.call('INCR', tokens)
  token = redis.call('GET', tokens)
end
redis.call('SET', holder, token .. ':' .. owner, 'PX', ttl)
if first then leaveLine(waiter) end
return { '1', token }
`),

  renew: scriptWithLine(`${holder}
if heldBy ~= owner then return 0 end
redis.call('PEXPIRE', holder, ARGV[4])
return 1
`),

  release: scriptWithLine(`${holder}
-- Who holds it has no place.
if heldBy == owner then redis.call('DEL', holder) else leaveLine(waiter) end
if heldBy == owner or not held then wakeFirst() end
return 1
`),
};
