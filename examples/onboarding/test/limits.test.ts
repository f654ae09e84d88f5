import { virtualClock } from '@runafter/clock';
import { expect, test } from 'vitest';
import { type Limits, limitsOn } from '../src/limits.ts';

test.each<[keyof Limits, number, number]>([
  ['mail', 30, 60_000],
  ['sites', 600, 60_000],
  ['directory', 3_000, 150_000],
])('%s: %i calls go out at once, and the next one after %i ms', async (system, calls, window) => {
  const clock = virtualClock({ autoAdvance: true });
  const limiter = limitsOn(clock)[system];
  const call = async () => (await limiter.acquire()).release();
  for (let n = 0; n < calls; n++) await call();
  expect(clock.monotonic()).toBe(0);
  await call();
  expect(clock.monotonic()).toBe(window);
});

test.each<[keyof Limits, number]>([
  ['directory', 15],
  ['sites', 20],
  ['mail', 15],
  ['database', 10],
])('%s: %i are under way at once, and no more', async (system, most) => {
  const limiter = limitsOn(virtualClock())[system];
  for (let n = 0; n < most; n++) await limiter.acquire();
  expect(await limiter.tryAcquire()).toBeUndefined();
});
