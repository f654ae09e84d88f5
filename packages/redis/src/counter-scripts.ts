/**
 * Additions and resets, each one step on the server.
 *
 * Lua's numbers are doubles, so no value passes through one: INCRBY adds, GET hands over the text. Whether
 * an addition would overflow is decided by INCRBY, too: it refuses that with the code ERR, which means
 * many things, but only a number that is too large for this amount still takes an addition of 0.
 * @module
 */
import { type LuaScript, luaScript } from './lua-script.ts';

/**
 * KEYS: the counter; optionally a note that this addition was made. ARGV: the amount; for how many
 * milliseconds the note is kept; and what is answered when it is there: 'repeated' with the value of now,
 * or 'added' with that of then.
 */
export const addToCounter: LuaScript = luaScript(`
local counter, note = KEYS[1], KEYS[2]
local earlier = note and redis.call('GET', note)
if earlier then
  if ARGV[3] == 'added' then return { 'added', earlier } end
  return { 'repeated', redis.call('GET', counter) or '0' }
end
local reply = redis.pcall('INCRBY', counter, ARGV[1])
if type(reply) == 'table' then
  local unchanged = redis.pcall('INCRBY', counter, '0')
  if type(unchanged) == 'table' then return unchanged end
  return { 'overflow', redis.call('GET', counter) }
end
local value = redis.call('GET', counter)
if note then redis.call('SET', note, value, 'PX', ARGV[2]) end
return { 'added', value }
`);

/**
 * KEYS: the counter; optionally a note of what this reset has found. ARGV: the new value; the expected one,
 * '' for any; for how many milliseconds the note is kept.
 */
export const resetCounter: LuaScript = luaScript(`
local counter, note = KEYS[1], KEYS[2]
local earlier = note and redis.call('GET', note)
if earlier then return { 'reset', earlier } end
local value = redis.call('GET', counter) or '0'
if ARGV[2] ~= '' and ARGV[2] ~= value then return { 'changed', value } end
if ARGV[1] == '0' then redis.call('DEL', counter) else redis.call('SET', counter, ARGV[1]) end
if note then redis.call('SET', note, value, 'PX', ARGV[3]) end
return { 'reset', value }
`);
