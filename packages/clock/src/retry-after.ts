/**
 * Retry-After: when a service says itself how long to stay away.
 * @module
 */
import { readProperty } from '@runafter/errors';
import type { Clock } from './clock.ts';
import { parseDuration } from './duration.ts';
import { faultChain } from './fault-chain.ts';
import { responseHeader } from './response-header.ts';

const decimal = /^\d+(\.\d+)?$/;
const weekday = /^(mon|tue|wed|thu|fri|sat|sun)/i;
const timeOfDay = /\d\d:\d\d:\d\d/;
/** One form of an HTTP date names none, `Sun Nov  6 08:49:37 1994`, and all are in GMT, never in our local time. */
const zone = /(gmt|utc|[+-]\d{4})$/i;

/**
 * Reads the Retry-After header of an HTTP response.
 *
 * @param header - seconds (`'120'`) or an HTTP date in any of its three forms.
 * @param clock - an HTTP date is compared with its `now()`.
 * @returns milliseconds to wait, 0 for a moment that has passed; undefined when there is no header or
 *   it cannot be read, so that the caller's own backoff decides.
 * @example
 * const retryAfter = parseRetryAfter(response.headers.get('retry-after'), clock);
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(
  header: string | null | undefined,
  clock: Pick<Clock, 'now'>,
): number | undefined {
  const text = header?.trim() ?? '';
  if (decimal.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  if (!weekday.test(text) || !timeOfDay.test(text)) return undefined;
  const at = Date.parse(zone.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}

/**
 * The wait that an error, or a response of fetch, asks for, in milliseconds. Never throws.
 *
 * It looks at the error and then at its causes, at each for
 * 1. a field `retryAfter`, which the thrower has parsed: a duration (so a number is milliseconds) or a `Date`.
 *    The text of a header, such as `'120'`, is understood as well;
 * 2. the headers `retry-after-ms` and `x-ms-retry-after-ms`, which are exact, and then `retry-after`: in
 *    `headers` and `response.headers`, as fetch, the Azure SDK, axios and Node keep them.
 *
 * @returns undefined when nothing is asked for that can be understood.
 * @example
 * if (isThrottled(error)) await clock.sleep(retryAfterOf(error, clock) ?? 10_000, { signal });
 */
export function retryAfterOf(error: unknown, clock: Pick<Clock, 'now'>): number | undefined {
  for (const fault of faultChain(error)) {
    const wait = fieldOf(fault, clock) ?? headerOf(fault, clock);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

function fieldOf(fault: unknown, clock: Pick<Clock, 'now'>): number | undefined {
  const value = readProperty(fault, 'retryAfter');
  if (typeof value === 'object' && value !== null) return untilDate(value, clock);
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return parseDuration(value);
  } catch {
    return typeof value === 'string' ? parseRetryAfter(value, clock) : undefined;
  }
}

/** @returns undefined when it is no date: even to ask what something is may throw. */
function untilDate(value: object, clock: Pick<Clock, 'now'>): number | undefined {
  try {
    const wait = Date.prototype.getTime.call(value) - clock.now();
    return Number.isNaN(wait) ? undefined : Math.max(0, wait);
  } catch {
    return undefined;
  }
}

/** Headers of Azure services and of APIs that were made like them. */
const exactHeaders = ['retry-after-ms', 'x-ms-retry-after-ms'] as const;

function headerOf(fault: unknown, clock: Pick<Clock, 'now'>): number | undefined {
  for (const name of exactHeaders) {
    const text = responseHeader(fault, name)?.trim() ?? '';
    if (decimal.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  }
  return parseRetryAfter(responseHeader(fault, 'retry-after'), clock);
}
