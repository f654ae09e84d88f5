import { describe, expect, it } from 'vitest';
import { iterationsPerMinute, type SafeConcurrencyOptions, safeConcurrency } from '../src/index.ts';

describe('iterationsPerMinute', () => {
  it.each([
    [600, 3, 100],
    [600, 1, 300],
    [600, 7, 42],
    [1_200, 2, 300],
    [30, 1, 15],
    [20_000, 4, 2_500],
    [3, 3, 0],
    [6, 3, 1],
    // In doubles 0.6 / 0.2 and 1.2 / 0.4 are 2.999….
    [0.6, 0.1, 3],
    [1.2, 0.2, 3],
    [0.3, 0.1, 1],
    [4.35 * 100, 0.5, 435],
    [600, 1.5, 200],
  ])('of %d a minute with %d calls each is %d', (limitPerMinute, callsPerIteration, expected) => {
    expect(iterationsPerMinute({ limitPerMinute, callsPerIteration })).toBe(expected);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '600' as never, undefined as never])(
    'refuses %s as either',
    (value) => {
      expectRefused('limitPerMinute', () =>
        iterationsPerMinute({ limitPerMinute: value, callsPerIteration: 3 }),
      );
      expectRefused('callsPerIteration', () =>
        iterationsPerMinute({ limitPerMinute: 600, callsPerIteration: value }),
      );
    },
  );
});

describe('safeConcurrency', () => {
  const sharePoint = { limitPerMinute: 600, callsPerIteration: 3, iterationTime: '3s' } as const;

  it.each<[what: string, options: SafeConcurrencyOptions, expected: number]>([
    ['SharePoint, 3 calls, 3 s', sharePoint, 5],
    ['all of the limit', { ...sharePoint, headroom: 1 }, 10],
    ['a third of it', { ...sharePoint, headroom: 3 }, 3],
    [
      'SharePoint, 2 calls, 5.1 s',
      { ...sharePoint, callsPerIteration: 2, iterationTime: 5_100 },
      12,
    ],
    ['at least 1', { ...sharePoint, limitPerMinute: 30 }, 1],
    ['not above max', { ...sharePoint, limitPerMinute: 60_000, max: 52 }, 52],
    ['a max that is not reached', { ...sharePoint, max: 52 }, 5],
    ['a max that is not whole', { ...sharePoint, headroom: 1, max: 7.9 }, 7],
    ['5 minutes', { ...over5Minutes(), callsPerIteration: 2, iterationTime: '1s' }, 5],
    ['ISO-8601', { ...sharePoint, iterationTime: 'PT30S' }, 50],
    // In doubles these miss their whole number by the last digit.
    [
      'headroom 1.1',
      { limitPerMinute: 660, callsPerIteration: 1, iterationTime: '1s', headroom: 1.1 },
      10,
    ],
    [
      '0.1 calls',
      { limitPerMinute: 18, callsPerIteration: 0.1, iterationTime: '1s', headroom: 1 },
      3,
    ],
    [
      '0.7 calls',
      { limitPerMinute: 420, callsPerIteration: 0.7, iterationTime: '1s', headroom: 1 },
      10,
    ],
    ['one short of 5', { limitPerMinute: 599.999, callsPerIteration: 3, iterationTime: '3s' }, 4],
    [
      'more than can be counted',
      { limitPerMinute: 1e300, callsPerIteration: 1e-9, iterationTime: '365d' },
      Number.MAX_SAFE_INTEGER,
    ],
  ])('%s', (_, options, expected) => {
    expect(safeConcurrency(options)).toBe(expected);
  });

  it.each([
    ['limitPerMinute', 0],
    ['limitPerMinute', Number.NaN],
    ['callsPerIteration', -1],
    ['callsPerIteration', Number.POSITIVE_INFINITY],
    ['iterationTime', 0],
    ['headroom', 0.5],
    ['headroom', Number.NaN],
    ['max', 0],
    ['max', Number.POSITIVE_INFINITY],
  ])('refuses %s of %s', (input, value) => {
    expectRefused(input, () => safeConcurrency({ ...sharePoint, [input]: value }));
  });

  it('refuses a rate that is none, and a time that is no duration', () => {
    const cost = { callsPerIteration: 1, iterationTime: '1s' } as const;
    expectRefused('rate.calls', () => safeConcurrency({ ...cost, rate: { calls: 0, per: '1m' } }));
    expectRefused('rate.per', () => safeConcurrency({ ...cost, rate: { calls: 1, per: 0 } }));
    expect(() => safeConcurrency({ ...sharePoint, iterationTime: '3' as never })).toThrow(
      expect.objectContaining({ code: 'DURATION_INVALID' }),
    );
  });
});

function over5Minutes() {
  return { rate: { calls: 6_000, per: '5m' } } as const;
}

function expectRefused(input: string, call: () => unknown): void {
  expect(call).toThrow(expect.objectContaining({ code: 'FORMULA_INPUT_INVALID', input }));
}
