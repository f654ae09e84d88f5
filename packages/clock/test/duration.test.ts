import { hasCode } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationError, formatDuration, parseDuration } from '../src/index.ts';

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [1500, 1500],
    [0.25, 0.25],
    ['0ms', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    ['1d 2h 3m 4.5s', 93_784_500],
    ['1.001s', 1001],
    ['PT1H', 3_600_000],
    ['P1DT12H', 129_600_000],
    ['PT7.5S', 7_500],
    ['P0DT0H0M20S', 20_000],
    ['P7D', 604_800_000],
    ['P2W', 1_209_600_000],
    ['PT0S', 0],
  ])('reads %j as %d ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  it.each([
    ['', 'It is empty.'],
    ['  ', 'It is empty.'],
    ['10', "It has no unit; write '10s' or '10ms'."],
    ['-5s', 'It is negative.'],
    ['10 minutes', 'It cannot be read.'],
    ['10min', 'It cannot be read.'],
    ['1 h', 'It cannot be read.'],
    ['1e3ms', 'It cannot be read.'],
    ['.5s', 'It cannot be read.'],
    ['1h, 2m', 'It cannot be read.'],
    ['30S', 'It cannot be read.'],
    ['Infinity', 'It cannot be read.'],
    ['P', 'It cannot be read.'],
    ['PT', 'It cannot be read.'],
    ['P1DT', 'It cannot be read.'],
    ['PT1D', 'It cannot be read.'],
    ['P1H', 'It cannot be read.'],
    ['PT1S1M', 'It cannot be read.'],
    ['P1M', 'Years and months have no fixed length; write days.'],
    ['P1Y2M3DT4H', 'Years and months have no fixed length; write days.'],
    [`${'9'.repeat(400)}d`, 'It is too long'],
    ['300000000000d', 'It is too long'],
    [-1, 'It is negative.'],
    [Number.NaN, 'NaN usually comes from a calculation with undefined.'],
    [Number.POSITIVE_INFINITY, 'It is too long'],
    [Number.NEGATIVE_INFINITY, 'It is negative.'],
    [undefined, 'It is neither a number nor a string.'],
    [null, 'It is neither a number nor a string.'],
    [{ hours: 1 }, 'It is neither a number nor a string.'],
    [5n, 'It is neither a number nor a string.'],
  ])('refuses %o, and says why', (value, reason) => {
    expect(() => parseDuration(value as never, 'timeout')).toThrow(reason);
  });

  it('names the option and the value, and says what is accepted', () => {
    const error = thrownBy(() => parseDuration('soon', 'timeout'));
    expect(error).toBeInstanceOf(DurationError);
    expect(hasCode(error, 'DURATION_INVALID')).toBe(true);
    expect(error).toMatchObject({ option: 'timeout', value: 'soon' });
    expect((error as Error).message).toMatch(/^timeout: "soon" is not a duration\. .*'30s'.*PT1H/);
  });

  it('does not repeat a text of any length', () => {
    const error = thrownBy(() => parseDuration('x'.repeat(1_000_000)));
    expect((error as Error).message.length).toBeLessThan(400);
  });

  it('does not answer with a negative zero', () => {
    expect(Object.is(parseDuration(-0), 0)).toBe(true);
  });

  it('never throws anything but a DurationError, and never lets a bad number through', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything(), durationLike), (value) => {
        try {
          const ms = parseDuration(value as never);
          expect(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER).toBe(true);
        } catch (error) {
          expect(hasCode(error, 'DURATION_INVALID')).toBe(true);
        }
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [0.25, '0.25ms'],
    [0.0001, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1_000, '1s'],
    [7_500, '7.5s'],
    [60_000, '1m'],
    [3_900_000, '1h 5m'],
    [86_461_001, '1d 1m 1.001s'],
    [Number.NaN, 'NaNms'],
    [-5, '-5ms'],
    [Number.POSITIVE_INFINITY, 'Infinityms'],
  ])('writes %d ms as %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back by parseDuration as the same milliseconds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(200_000_000)), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

/** Texts that look like durations more often than random ones do. */
const durationLike = fc
  .array(
    fc.constantFrom('P', 'T', '1', '.5', '90', 'ms', 's', 'm', 'h', 'd', 'H', 'M', 'S', ' ', '-'),
  )
  .map((pieces) => pieces.join(''));

function thrownBy(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}
