/** Times and sizes as people read them. */
import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration } from '../../src/page/format.ts';

it.each([
  [0, '0 ms'],
  [0.4, '< 1 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [9_994, '9.99 s'],
  [9_996, '10.0 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_600, '1 h 00 min'],
  [3_600_000 * 50, '2.1 days'],
  [-1_500, '−1.50 s'],
])('%d ms is %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});

it('sets thousands apart', () => {
  expect([999, 1_000, 1_234_567].map(formatCount)).toEqual(['999', '1,000', '1,234,567']);
});

it('tells bytes in three steps', () => {
  expect([999, 1_400, 999_999, 2_500_000].map(formatBytes)).toEqual([
    '999 B',
    '1.4 kB',
    '1.0 MB',
    '2.5 MB',
  ]);
});
