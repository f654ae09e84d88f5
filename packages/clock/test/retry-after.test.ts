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
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([null, undefined, '', 'soon', '-5', '1e3', '2026-01-01', 'Sunday', 'Sun, 99 Foo 1994'])(
    'finds nothing in %j',
    (header) => {
      expect(parseRetryAfter(header, clock)).toBeUndefined();
    },
  );
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

  it('survives an error that cannot be read', () => {
    const error = {
      get retryAfter(): number {
        throw new Error('getter');
      },
    };
    expect(retryAfterOf(error, clock)).toBeUndefined();
  });
});
