import { describe, expect, it, vi } from 'vitest';
import { parseRetryAfter, retryAfterOf, virtualClock } from '../src/index.ts';

const clock = virtualClock({ start: Date.UTC(1994, 10, 6, 8, 49, 7) });

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d ms', (header, ms) => {
    expect(parseRetryAfter(header, clock)).toBe(ms);
  });

  it('takes a date without a zone for GMT, wherever the machine stands', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    try {
      expect(new Date(0).getTimezoneOffset()).toBe(-540);
      expect(parseRetryAfter('Sun Nov  6 08:49:37 1994', clock)).toBe(30_000);
      expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:37', clock)).toBe(30_000);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([
    null,
    undefined,
    '',
    'soon',
    '-5',
    '1e3',
    '2026-01-01',
    'Sunday',
    'Sun, 99 Foo 1994',
    'Mon, 1',
  ])('finds nothing in %j', (header) => {
    expect(parseRetryAfter(header, clock)).toBeUndefined();
  });
});

describe('retryAfterOf', () => {
  it.each([
    ['milliseconds', 1_500, 1_500],
    ['a duration', '30s', 30_000],
    ['an ISO duration', 'PT2M', 120_000],
    ['a moment to come', new Date(clock.now() + 5_000), 5_000],
    ['a moment that has passed', new Date(clock.now() - 5_000), 0],
    ['the text of a header, in seconds', '120', 120_000],
    ['the text of a header, as a date', 'Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
  ])('takes %s', (_, retryAfter, ms) => {
    expect(retryAfterOf({ retryAfter }, clock)).toBe(ms);
  });

  it.each([
    [undefined],
    ['text'],
    [new Error('x')],
    [{ retryAfter: -1 }],
    [{ retryAfter: Number.NaN }],
    [{ retryAfter: 'soon' }],
    [{ retryAfter: true }],
    [{ retryAfter: new Date(Number.NaN) }],
  ])('takes nothing from %o', (error) => {
    expect(retryAfterOf(error, clock)).toBeUndefined();
  });

  const headers = { 'retry-after': '7' };

  it.each<[where: string, error: unknown]>([
    ['a response of fetch', new Response(null, { status: 429, headers })],
    ['an error that has the response of fetch', { response: new Response(null, { headers }) }],
    ['a plain object', { response: { headers } }],
    ['a plain object with other capitals', { headers: { 'Retry-After': '7' } }],
    ['a number', { headers: { 'retry-after': 7 } }],
    ['several values, of which the first counts', { headers: { 'retry-after': ['7', '9'] } }],
    ['the Azure SDK', { response: { headers: { get: (name: string) => headers[name as never] } } }],
    ['a cause', new Error('save failed', { cause: { response: { headers } } })],
    ['the cause of a cause', new Error('a', { cause: new Error('b', { cause: { headers } }) })],
  ])('finds the header in %s', (_, error) => {
    expect(retryAfterOf(error, clock)).toBe(7_000);
  });

  it('reads a header with a date', () => {
    const headers = { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' };
    expect(retryAfterOf({ headers }, clock)).toBe(30_000);
  });

  it.each([
    ['x-ms-retry-after-ms', '7654', 7_654],
    ['retry-after-ms', '7654.5', 7_654.5],
    ['x-ms-retry-after-ms', '0', 0],
    ['retry-after-ms', '9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('prefers %s: %s, which is exact', (name, value, ms) => {
    expect(retryAfterOf({ headers: { ...headers, [name]: value } }, clock)).toBe(ms);
  });

  it.each(['', 'soon', '-1', '1e3', 'PT5S'])(
    'goes by the seconds when the milliseconds are %j',
    (value) => {
      const both = { ...headers, 'x-ms-retry-after-ms': value };
      expect(retryAfterOf({ headers: both }, clock)).toBe(7_000);
    },
  );

  it('prefers what the thrower has parsed to headers, and an error to its cause', () => {
    expect(retryAfterOf({ retryAfter: 5, headers }, clock)).toBe(5);
    expect(retryAfterOf({ retryAfter: 'soon', headers }, clock)).toBe(7_000);
    expect(retryAfterOf({ headers, cause: { retryAfter: 5 } }, clock)).toBe(7_000);
  });
});
