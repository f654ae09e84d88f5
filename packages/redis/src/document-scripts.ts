/**
 * The two writes of a document, each compared and done in one step on the server.
 *
 * A document is a hash: `etag`, `body` or `tombstone`, `facts` where there are any, and `made`, the last
 * few ETags. A client that reconnects may send a write again that was done already; such a write finds its
 * own ETag there, and is answered as the first time.
 * @module
 */
import { type LuaScript, luaScript } from './lua-script.ts';

/**
 * KEYS: the document. ARGV: the expected ETag, '' for none; the new one; then fields and values.
 * Answers 1, or 0 when there is another version.
 */
export const writeDocument: LuaScript = luaScript(`
local key, expected, etag = KEYS[1], ARGV[1], ARGV[2]
local stored = redis.call('HMGET', key, 'etag', 'made')
local current, made = stored[1] or '', stored[2] or ''
if string.find(made, etag, 1, true) then return 1 end
if current ~= expected then return 0 end
-- Set before deleted: a server without memory refuses the first write of a script, and then nothing is done.
redis.call('HSET', key, 'etag', etag, 'made', string.sub(etag .. ' ' .. made, 1, 8 * (#etag + 1)), unpack(ARGV, 3))
local given = {}
for at = 3, #ARGV, 2 do given[ARGV[at]] = true end
for _, field in ipairs({ 'body', 'facts', 'tombstone', 'removed' }) do
  if not given[field] then redis.call('HDEL', key, field) end
end
redis.call('PERSIST', key)
return 1
`);

/**
 * KEYS: the document. ARGV: its ETag; for how many milliseconds to remember that it was removed, or 0.
 * Answers 1, or 0 when there is another version.
 */
export const removeDocument: LuaScript = luaScript(`
local key, etag, remembered = KEYS[1], ARGV[1], tonumber(ARGV[2])
local stored = redis.call('HMGET', key, 'etag', 'removed')
if stored[2] == etag then return 1 end
if stored[1] ~= etag then return 0 end
redis.call('DEL', key)
if remembered > 0 then
  redis.call('HSET', key, 'removed', etag)
  redis.call('PEXPIRE', key, remembered)
end
return 1
`);
