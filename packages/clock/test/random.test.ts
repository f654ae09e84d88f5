import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/index.ts';

describe('seededRandom', () => {
  it('repeats itself for the same seed, in every version', () => {
    const random = seededRandom('run 17');
    expect([random(), random(), random()]).toMatchInlineSnapshot(`
      [
        0.24045176920481026,
        0.18798966659232974,
        0.023077954770997167,
      ]
    `);
  });

  it.each([
    [1, 2],
    [0, 0.5],
    ['a', 'b'],
    [1, -1],
  ])('differs between the seeds %j and %j', (one, other) => {
    expect(take(10, one)).not.toEqual(take(10, other));
  });

  it('stays from 0 to below 1 and fills the range evenly', () => {
    const numbers = take(20_000, 'even');
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const tenths = Array.from({ length: 10 }, (_, tenth) => {
      return numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    });
    // 2,000 expected in each; 5 standard deviations are 212.
    expect(Math.max(...tenths.map((count) => Math.abs(count - 2_000)))).toBeLessThan(212);
  });
});

function take(count: number, seed: number | string): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
}
