import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoff,
  backoffBounds,
  exponential,
  fixed,
  noRetry,
  platformRetry,
  seededRandom,
} from '../src/index.ts';

describe('the exponential backoff', () => {
  it('waits as the platform does: 4 × 7.5 s within 5 to 45 s', () => {
    expect([1, 2, 3, 4].map((retry) => backoffBounds(platformRetry, retry))).toEqual([
      { shortest: 5_000, longest: 7_500 },
      { shortest: 7_500, longest: 15_000 },
      { shortest: 15_000, longest: 30_000 },
      { shortest: 30_000, longest: 45_000 },
    ]);
  });

  it('keeps within a day when no maximum is given, however many retries there are', () => {
    const policy = exponential({ count: 5_000, interval: '20s' });
    expect(backoffBounds(policy, 1)).toEqual({ shortest: 0, longest: 20_000 });
    expect(backoffBounds(policy, 5_000)).toEqual({ shortest: 86_400_000, longest: 86_400_000 });
  });

  it('does not wait at all with an interval of 0', () => {
    const policy = exponential({ count: 2_000, interval: 0 });
    expect(backoffBounds(policy, 2_000)).toEqual({ shortest: 0, longest: 0 });
  });

  it('agrees with the formula, worked out one doubling after the other', () => {
    const times = fc.nat(100_000);
    fc.assert(
      fc.property(times, times, times, fc.integer({ min: 1, max: 40 }), (interval, a, b, retry) => {
        const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
        const policy = exponential({ count: 40, interval, minimum, maximum });
        expect(backoffBounds(policy, retry)).toEqual(
          boundsByDoubling(interval, minimum, maximum, retry),
        );
      }),
    );
  });

  it('falls within its bounds, and reaches into all of them', () => {
    const random = seededRandom('waits');
    const waits = Array.from({ length: 2_000 }, () => backoff(platformRetry, 2, random));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(7_500);
    expect(Math.min(...waits)).toBeLessThan(7_600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeGreaterThan(14_900);
  });
});

describe('the fixed backoff', () => {
  it('waits exactly the interval', () => {
    expect(backoff(fixed({ count: 3, interval: '10s' }), 3, () => 0.9)).toBe(10_000);
  });

  it('spreads over the interval by its jitter', () => {
    const policy = fixed({ count: 3, interval: '10s', jitter: 0.2 });
    expect(backoffBounds(policy, 1)).toEqual({ shortest: 8_000, longest: 12_000 });
    expect(backoff(policy, 1, () => 0.5)).toBe(10_000);
  });
});

it('never waits where nothing is retried', () => {
  expect(backoff(noRetry, 1)).toBe(0);
});

/** The documented formula, without powers: the window moves up by one doubling at a time. */
function boundsByDoubling(interval: number, minimum: number, maximum: number, retry: number) {
  let low = minimum;
  let high = interval;
  for (let wait = 2; wait <= retry; wait++) {
    low = high;
    high = high + high;
  }
  const clamp = (wait: number) => [minimum, wait, maximum].sort((a, b) => a - b)[1];
  return { shortest: clamp(low), longest: clamp(high) };
}
