/**
 * Keeps signals: a step of the script in run-script.ts.
 *
 * Signals are a sorted set by their numbers. Their ids stay in a set of their own when they are taken, so a
 * sender that repeats one much later is told so. Whoever listens is sent the signal itself, unless it is long.
 * @module
 */

/** Bytes. Longer ones are to be read: a server lets go of whoever does not keep up with its messages. */
const longestMessage = 65_536;

export const signalSteps: string = `
-- The channel, the packed signal, 1 or '' for an id, the id; for a report also its place, attempt and delivery.
if call == 'signal' then
  local stored = redis.call('HMGET', run, 'token', 'status')
  if not stored[1] then return 'unknown' end
  if request ~= '' and redis.call('SISMEMBER', signalIds, 'request ' .. request) == 1 then return 'kept' end
  if stored[2] then return 'ended' end
  local id, place, attempt, delivery = ARGV[5] ~= '' and 'id ' .. ARGV[6], ARGV[7], ARGV[8], ARGV[9]
  if id and redis.call('SISMEMBER', signalIds, id) == 1 then return 'duplicate' end
  local by
  if place then
    local newest, last, reported
    newest, last, reported, by = claimOf(place)
    if newest ~= attempt or last ~= delivery or reported == '1' then return 'stale' end
  end
  local number = redis.call('HINCRBY', run, 'lastSignal', 1)
  local signal = string.format('%.0f ', number) .. ARGV[4]
  redis.call('ZADD', signals, number, signal)
  if id then redis.call('SADD', signalIds, id) end
  if request ~= '' then redis.call('SADD', signalIds, 'request ' .. request) end
  if place then keepClaim(place, attempt, delivery, 1, by) end
  redis.call('PUBLISH', ARGV[3], #signal <= ${longestMessage} and signal or '')
  return 'kept'
end
`;
