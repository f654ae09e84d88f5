import { describe, expect, test } from 'vitest';
import { compare, compareWaits, median, quantile } from '../src/harness/statistics.ts';

describe('median', () => {
  test('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 9, 2])).toBe(9); // as numbers, not as text
  });

  test('of an even number of values is the mean of the two in the middle', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  test('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('compare', () => {
  test('divides our median by theirs: below 1 is cheaper', () => {
    expect(compare({ ours: [2, 3, 100], theirs: [6, 5, 6] })).toMatchObject({
      ours: 3,
      theirs: 6,
      ratio: 0.5,
    });
  });

  test('spreads over the ratios of the pairs, not over all combinations', () => {
    const { spread } = compare({ ours: [1, 10], theirs: [2, 10] });
    expect(spread).toEqual({ min: 0.5, max: 1 });
  });

  test.each([
    ['no pairs', { ours: [1, 2], theirs: [1] }],
    ['no samples', { ours: [], theirs: [] }],
    ['a time of nothing', { ours: [0], theirs: [1] }],
    ['no number', { ours: [1], theirs: [Number.NaN] }],
  ])('refuses %s', (_what, samples) => {
    expect(() => compare(samples)).toThrow(RangeError);
  });
});

describe('quantile', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);

  test('is the smallest value that so many do not exceed, whatever the order', () => {
    expect(quantile(upTo(200), 0.99)).toBe(198);
    expect(quantile(upTo(200), 0.5)).toBe(100);
    expect(quantile([7], 0.99)).toBe(7);
  });

  test('of nothing is refused', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('compareWaits', () => {
  const ours = [
    [1, 2, 3],
    [1, 2, 30],
  ];
  const theirs = [
    [10, 20, 30],
    [10, 20, 60],
  ];

  test('takes the quantile of the waits of all rounds together', () => {
    expect(compareWaits({ ours, theirs }, 0.5)).toMatchObject({ ours: 2, theirs: 20, ratio: 0.1 });
    expect(compareWaits({ ours, theirs }, 0.99)).toMatchObject({
      ours: 30,
      theirs: 60,
      ratio: 0.5,
    });
  });

  test('spreads over the rounds', () => {
    expect(compareWaits({ ours, theirs }, 0.99).spread).toEqual({ min: 0.1, max: 0.5 });
  });

  test('refuses a wait that was not measured', () => {
    expect(() => compareWaits({ ours: [[0]], theirs: [[1]] }, 0.5)).toThrow('no cost');
  });
});
