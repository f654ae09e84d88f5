import { describe, expect, it } from 'vitest';
import { fullJitter, seededRandom } from '../src/index.ts';

const bounds = { interval: 10, maximum: 1_000 };

describe('fullJitter', () => {
  it('is at most the interval, doubled with each retry, up to the maximum', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((retry) => fullJitter(bounds, retry, () => 1));
    expect(longest).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  it('may be nothing at all, at every retry', () => {
    for (const retry of [1, 5, 50]) expect(fullJitter(bounds, retry, () => 0)).toBe(0);
  });

  it('is spread evenly: no tenth of its range gets far more or less than the others', () => {
    const random = seededRandom('full jitter');
    for (const retry of [1, 4, 20]) {
      const longest = fullJitter(bounds, retry, () => 1);
      const tenths = Array<number>(10).fill(0);
      for (let n = 0; n < 10_000; n++) {
        const tenth = Math.floor((fullJitter(bounds, retry, random) / longest) * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      // 1,000 each, with a standard deviation of 30.
      for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });

  it('is drawn anew each time, from Math.random unless told otherwise', () => {
    const waits = new Set(Array.from({ length: 50 }, () => fullJitter(bounds, 8)));
    expect(waits.size).toBeGreaterThan(40);
    for (const wait of waits) expect(wait).toBeLessThan(1_000);
  });

  it('stays finite at any retry', () => {
    expect(fullJitter({ interval: 1e-9, maximum: 500 }, Number.MAX_SAFE_INTEGER, () => 1)).toBe(
      500,
    );
    expect(fullJitter({ interval: 0, maximum: 500 }, 5_000, () => 1)).toBe(0);
  });

  it('is never longer than a maximum that is below the interval', () => {
    expect(fullJitter({ interval: 100, maximum: 30 }, 1, () => 1)).toBe(30);
  });
});
