/**
 * Retry-After: when a service says itself how long to stay away.
 * @module
 */
import { readProperty } from '@runafter/errors';
import type { Clock } from './clock.ts';
import { parseDuration } from './duration.ts';

const weekday = /^(mon|tue|wed|thu|fri|sat|sun)/i;
/** The one form of an HTTP date that names no time zone: `Sun Nov  6 08:49:37 1994`. */
const asctime = /^[a-z]{3} [a-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/i;

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
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  if (!weekday.test(text)) return undefined;
  const at = Date.parse(asctime.test(text) ? `${text} GMT` : text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}

/**
 * The wait that an error asks for in its field `retryAfter`, in milliseconds. Never throws.
 *
 * The field is what the thrower has parsed: a duration (so a number is milliseconds) or a
 * `Date`. The text of a header, such as `'120'`, is understood as well.
 *
 * @returns undefined when the error asks for nothing that can be understood.
 */
export function retryAfterOf(error: unknown, clock: Pick<Clock, 'now'>): number | undefined {
  const value = readProperty(error, 'retryAfter');
  if (value instanceof Date) {
    const wait = value.getTime() - clock.now();
    return Number.isNaN(wait) ? undefined : Math.max(0, wait);
  }
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return parseDuration(value);
  } catch {
    return typeof value === 'string' ? parseRetryAfter(value, clock) : undefined;
  }
}
