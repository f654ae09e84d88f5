/** What `npm run size` says of sizes that are not those of the budgets. */
import { describe, expect, it } from 'vitest';
import { findOverruns } from '../../scripts/size/check-sizes.ts';

const name = '@runafter/lock { withLock }';
const budget = { minified: 10_000, brotli: 4_000 };

describe('findOverruns', () => {
  it('accepts what is as large as its budget, a little larger, or smaller', () => {
    for (const minified of [1, 10_000, 10_200]) {
      expect(findOverruns({ [name]: { ...budget, minified } }, { [name]: budget })).toEqual([]);
    }
  });

  it('names each size that is more than 2 % above its budget', () => {
    const sizes = { [name]: { minified: 10_201, brotli: 4_081 } };
    expect(findOverruns(sizes, { [name]: budget })).toEqual([
      '@runafter/lock { withLock } has 10201 bytes (minified); its budget is 10000.',
      '@runafter/lock { withLock } has 4081 bytes (brotli); its budget is 4000.',
    ]);
  });

  it('lets 50 bytes pass where 2 % would be less than a word', () => {
    const small = { [name]: { minified: 500, brotli: 200 } };
    expect(findOverruns({ [name]: { minified: 550, brotli: 250 } }, small)).toEqual([]);
    expect(findOverruns({ [name]: { minified: 551, brotli: 200 } }, small)).toHaveLength(1);
  });

  it('names what has no budget, and what has nothing but a budget', () => {
    expect(findOverruns({ [name]: budget }, {})).toEqual([`${name} has no budget.`]);
    expect(findOverruns({}, { [name]: budget })).toEqual([
      `${name} has a budget, but is no longer measured.`,
    ]);
  });
});
