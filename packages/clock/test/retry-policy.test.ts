import { hasCode } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import {
  exponential,
  fixed,
  noRetry,
  parseRetryPolicy,
  platformRetry,
  type RetryPolicy,
  RetryPolicyError,
} from '../src/index.ts';

describe('a retry policy', () => {
  it('comes out in milliseconds with its defaults filled in', () => {
    expect(exponential({ count: 5, interval: '20s', totalTime: 'PT1H' })).toEqual({
      type: 'exponential',
      count: 5,
      interval: 20_000,
      minimum: 0,
      maximum: 86_400_000,
      totalTime: 3_600_000,
    });
    expect(parseRetryPolicy({ type: 'fixed', count: 1, interval: '2m' })).toEqual({
      type: 'fixed',
      count: 1,
      interval: 120_000,
      jitter: 0,
    });
  });

  it('is frozen, and goes through a second time as it is', () => {
    const policy = fixed({ count: 1, interval: '1s' });
    expect(Object.isFrozen(policy)).toBe(true);
    expect(parseRetryPolicy(policy)).toBe(policy);
    expect(parseRetryPolicy(parseRetryPolicy(noRetry))).toEqual(noRetry);
  });

  it('leaves the object that it was given alone', () => {
    const given: RetryPolicy = { type: 'fixed', count: 1, interval: '1s' };
    parseRetryPolicy(given);
    expect(given).toEqual({ type: 'fixed', count: 1, interval: '1s' });
    expect(Object.isFrozen(given)).toBe(false);
  });

  it('may go on without a count when its total time is bounded', () => {
    const policy = { count: Number.POSITIVE_INFINITY, interval: '1s', totalTime: '1m' } as const;
    expect(fixed(policy).count).toBe(Number.POSITIVE_INFINITY);
  });

  it('has the numbers of the platform by default', () => {
    expect(platformRetry).toMatchObject({
      count: 4,
      interval: 7_500,
      minimum: 5_000,
      maximum: 45_000,
    });
  });
});

describe('a wrong retry policy', () => {
  const good = { type: 'exponential', count: 3, interval: '1s' };

  it.each([
    [undefined, '', /^retry: is not a retry policy/],
    ['fixed', '', /noRetry, fixed\(…\) or exponential\(…\)/],
    [{}, '', /'none', 'fixed' or 'exponential'/],
    [{ ...good, type: 'linear' }, '', /'none', 'fixed' or 'exponential'/],
    [{ ...good, type: 'toString' }, '', /'none', 'fixed' or 'exponential'/],
    [{ ...good, count: -1 }, 'count', /-1 is not a number of retries/],
    [{ ...good, count: 1.5 }, 'count', /whole number/],
    [{ ...good, count: Number.NaN }, 'count', /NaN is not a number of retries/],
    [{ ...good, count: '3' }, 'count', /3 is not a number of retries/],
    [{ ...good, count: undefined }, 'count', /undefined is not a number of retries/],
    [{ ...good, count: Number.POSITIVE_INFINITY }, 'count', /needs a totalTime/],
    [{ ...good, interval: '10' }, 'interval', /"10" is not a duration/],
    [{ ...good, interval: undefined }, 'interval', /undefined is not a duration/],
    [{ ...good, minimum: '-1s' }, 'minimum', /negative/],
    [{ ...good, maximum: 'soon' }, 'maximum', /"soon" is not a duration/],
    [{ ...good, minimum: '2m', maximum: '1m' }, 'minimum', /2m is above the maximum of 1m/],
    [{ ...good, minimum: '2d' }, 'minimum', /2d is above the maximum of 1d/],
    [{ ...good, totalTime: 'P1M' }, 'totalTime', /months have no fixed length/],
    [{ ...good, when: [429] }, 'when', /not a function/],
    [{ ...good, jitter: 0.5 }, 'jitter', /has no such field. It knows .*maximum/],
    [{ ...good, intervall: '1s' }, 'intervall', /has no such field/],
    [{ type: 'none', count: 3 }, 'count', /type 'none' has no such field/],
    [{ type: 'fixed', count: 3, interval: 5, jitter: 1.1 }, 'jitter', /0 to 1/],
    [{ type: 'fixed', count: 3, interval: 5, jitter: Number.NaN }, 'jitter', /NaN/],
  ])('is refused: %j', (policy, field, message) => {
    let thrown: unknown;
    try {
      parseRetryPolicy(policy as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RetryPolicyError);
    expect(hasCode(thrown, 'RETRY_POLICY_INVALID')).toBe(true);
    expect(thrown).toMatchObject({ field, message: expect.stringMatching(message) });
  });

  it('is refused under the name of the option that it was given for', () => {
    expect(() => parseRetryPolicy({ ...good, count: -1 } as never, 'Mail.retry')).toThrow(
      /^Mail\.retry\.count: /,
    );
  });

  it('is refused as soon as it is made', () => {
    expect(() => fixed({ count: -1, interval: '1s' })).toThrow(RetryPolicyError);
  });
});
