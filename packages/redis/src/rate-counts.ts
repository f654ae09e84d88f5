/**
 * Calls counted against rates, as Lua for the scripts of limiters: what was granted, and from when on more is.
 *
 * A sliding window is a list of steps. A step is up to a hundredth of the window long, and its calls count until the
 * window is over for the last of them: never too few, at most 1 % too long, and 102 steps whatever the number of
 * calls. Up to 100 calls each is a step of its own, so the count is exact.
 * @module
 */
import type { BudgetLimits, ParsedRate, RateModel } from '@runafter/throttle';

/** A rate, or the spacing, which the scripts count as one. */
export interface CountedRate extends Omit<ParsedRate, 'model'> {
  readonly model: RateModel | 'spacing';
}

/** In how many steps at most a window is counted, and so up to how many calls exactly. */
const mostSteps = 100;

const keyOfModel: Readonly<Record<CountedRate['model'], string>> = {
  'sliding-window': 'window',
  'fixed-window': 'reservoir',
  'token-bucket': 'bucket',
  spacing: 'spacing',
};

export function countedRates({ rates, spacing }: BudgetLimits): readonly CountedRate[] {
  if (spacing === 0) return rates;
  return [...rates, { model: 'spacing', calls: 1, burst: 1, per: spacing }];
}

/** How the keys end of what each rate counts. For who shares a name, rates of the same model and time are one count. */
export function rateKeys(rates: readonly CountedRate[]): readonly string[] {
  const ends = rates.map(({ model, per }) =>
    model === 'spacing' ? ':spacing' : `:${keyOfModel[model]}:${per}`,
  );
  // Two such rates of one limiter are two counts.
  return ends.map(
    (end, n) => end + "'".repeat(ends.slice(0, n).filter((one) => one === end).length),
  );
}

/** What a script is told of a rate: its model, the calls, the time in microseconds, and what the model needs besides. */
export function rateArgs({ model, calls, per, burst }: CountedRate): readonly (string | number)[] {
  const micros = per * 1_000;
  const step = calls <= mostSteps ? 0 : micros / mostSteps;
  return [keyOfModel[model], calls, micros, model === 'token-bucket' ? burst : step];
}

/**
 * Functions for a script that has those of the waiting line. Times are microseconds.
 *
 * Of each model: `freeAt`, from when on so much more may start; `count` of a start; and `takeBack` of a start that did
 * not take place after all, as far as the others have not made use of it: it never lets more start than without it.
 */
export const rateCounts = `
local function setUntil(key, value, time)
  local ms = math.ceil((time - now()) / 1000)
  if ms > 0 then redis.call('SET', key, value, 'PX', ms) else redis.call('DEL', key) end
end

local window = {}

-- A step is when its first and its last call have started, and how many calls there were up to its end since the list
-- was begun. The last step that is over stays in front of the others, for its total.
local function toStep(text)
  local first, last, total = string.match(text, '^(%d+) (%d+) (%d+)$')
  return { first = tonumber(first), last = tonumber(last), total = tonumber(total) }
end

local function fromStep(step)
  return string.format('%.0f %.0f %.0f', step.first, step.last, step.total)
end

local function stepAt(key, index)
  local text = redis.call('LINDEX', key, index)
  return text and toStep(text)
end

function window.freeAt(rate, weight)
  local newest = stepAt(rate.key, -1)
  if not newest then return 0 end
  local oldest = stepAt(rate.key, 1)
  while oldest and oldest.last + rate.per <= now() do
    redis.call('LPOP', rate.key)
    oldest = stepAt(rate.key, 1)
  end
  local over = stepAt(rate.key, 0).total
  local tooMany = newest.total - over + weight - rate.calls
  if tooMany <= 0 then return 0 end
  for _, text in ipairs(redis.call('LRANGE', rate.key, 1, -1)) do
    local step = toStep(text)
    if step.total - over >= tooMany then return step.last + rate.per end
  end
  return newest.last + rate.per
end

function window.count(rate, weight)
  local newest = stepAt(rate.key, -1)
  if not newest then
    newest = { first = 0, last = 0, total = 0 }
    redis.call('RPUSH', rate.key, fromStep(newest))
  end
  local last, total = math.max(newest.last, now()), newest.total + weight
  if last - newest.first < rate.extra then
    redis.call('LSET', rate.key, -1, fromStep({ first = newest.first, last = last, total = total }))
  else
    redis.call('RPUSH', rate.key, fromStep({ first = last, last = last, total = total }))
  end
  redis.call('PEXPIRE', rate.key, math.ceil((last - now() + rate.per) / 1000) + 1)
end

-- What does not count any more is in the total in front already.
function window.takeBack(rate, weight, startedAt)
  if startedAt + rate.per <= now() then return end
  local over = stepAt(rate.key, 0)
  for index = redis.call('LLEN', rate.key) - 1, 1, -1 do
    local step = stepAt(rate.key, index)
    if step.last < startedAt then return end
    -- Of a list that was begun anew, since its key was lost, it was never a part.
    step.total = math.max(step.total - weight, over.total)
    redis.call('LSET', rate.key, index, fromStep(step))
  end
end

local reservoir = {}

local function reservoirOf(rate)
  local since, used = string.match(redis.call('GET', rate.key) or '', '^(%d+) (%d+)$')
  since = tonumber(since)
  if since and now() < since + rate.per then return since, tonumber(used) end
  return now(), 0
end

local function setReservoir(rate, since, used)
  setUntil(rate.key, string.format('%.0f %.0f', since, used), since + rate.per)
end

function reservoir.freeAt(rate, weight)
  local since, used = reservoirOf(rate)
  return used + weight <= rate.calls and 0 or since + rate.per
end

function reservoir.count(rate, weight)
  local since, used = reservoirOf(rate)
  setReservoir(rate, since, used + weight)
end

-- The window stays where it is, also when this call has begun it: others may have started in it.
function reservoir.takeBack(rate, weight, startedAt)
  local since, used = reservoirOf(rate)
  if since > startedAt then return end
  if used > weight then setReservoir(rate, since, used - weight) else redis.call('DEL', rate.key) end
end

local bucket = {}

-- When the bucket is full again, which tells how many tokens are in it; and when tokens were taken last.
local function bucketOf(rate)
  local fullAt, takenAt = string.match(redis.call('GET', rate.key) or '', '^(%S+) (%d+)$')
  return math.max(fullAt or 0, now()), tonumber(takenAt)
end

local function setBucket(rate, fullAt, takenAt)
  setUntil(rate.key, string.format('%.17g %.0f', fullAt, takenAt), fullAt)
end

local function dripTime(rate, tokens)
  return tokens * rate.per / rate.calls
end

function bucket.freeAt(rate, weight)
  return bucketOf(rate) - dripTime(rate, rate.extra - weight)
end

function bucket.count(rate, weight)
  setBucket(rate, bucketOf(rate) + dripTime(rate, weight), now())
end

-- Only while nobody has taken any since: others may have taken tokens that would not have fitted into the bucket.
function bucket.takeBack(rate, weight, startedAt)
  local fullAt, takenAt = bucketOf(rate)
  if takenAt == startedAt then setBucket(rate, fullAt - dripTime(rate, weight), takenAt) end
end

local spacing = {}

function spacing.freeAt(rate)
  return tonumber(redis.call('GET', rate.key) or 0)
end

function spacing.count(rate)
  local next = now() + rate.per
  setUntil(rate.key, string.format('%.0f', next), next)
end

-- Who waits has been told already.
function spacing.takeBack() end

local models = { window = window, reservoir = reservoir, bucket = bucket, spacing = spacing }

local function ratesIn(firstKey, firstArg)
  local rates = {}
  for number = 0, #KEYS - firstKey do
    local at = firstArg + number * 4
    table.insert(rates, {
      key = KEYS[firstKey + number],
      model = models[ARGV[at]],
      calls = tonumber(ARGV[at + 1]),
      per = tonumber(ARGV[at + 2]),
      extra = tonumber(ARGV[at + 3]),
    })
  end
  return rates
end
`;
