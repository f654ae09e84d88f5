import { virtualClock } from '@runafter/clock';
import { describe, expect, test } from 'vitest';
import { fasterClock, retryAfterHeaders } from '../src/speed.ts';
import { itemsOf, quietOffice, send } from './quiet-office.ts';

test('on a faster clock, a hundred seconds pass in one', async () => {
  const clock = virtualClock();
  const fast = fasterClock(clock, 100);
  const start = { now: fast.now(), monotonic: fast.monotonic() };
  let woke = 0;
  const sleeping = fast.sleep('100s').then(() => {
    woke = fast.monotonic() - start.monotonic;
  });
  const cancel = fast.setTimer(50_000, () => expect.unreachable('it was cancelled'));
  cancel();
  await clock.advance('1s');
  await sleeping;
  expect(woke).toBeCloseTo(100_000);
  expect(fast.now() - start.now).toBeCloseTo(100_000);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a speed of %s is refused', (speed) => {
  expect(() => fasterClock(virtualClock(), speed)).toThrow('speed must be a positive number');
});

describe('Retry-After on the wire', () => {
  test('is whole seconds, rounded up, and alone at the usual speed', () => {
    expect(retryAfterHeaders(14_200, 1)).toEqual({ 'Retry-After': '15' });
    expect(retryAfterHeaders(0.2, 1)).toEqual({ 'Retry-After': '1' });
  });

  test('is never too early and never 0 when time runs faster, with the exact time beside it', () => {
    expect(retryAfterHeaders(15_000, 100)).toEqual({
      'Retry-After': '1',
      'x-ms-retry-after-ms': '150',
    });
    expect(retryAfterHeaders(250_000, 100)).toEqual({
      'Retry-After': '3',
      'x-ms-retry-after-ms': '2500',
    });
  });
});

test('speed divides windows and latencies of an office alike', async () => {
  const clock = virtualClock();
  const office = await quietOffice({
    clock,
    speed: 100,
    sharepoint: {
      limit: { model: 'sliding-window', calls: 1, window: '1m' },
      latency: { read: '2s', write: '2s', sigma: 0 },
    },
  });
  office.createList('Reports', ['Title'], [{ Title: 'North' }]);
  const first = fetch(itemsOf(office));
  await expect.poll(() => office.stats().sharepoint.inService).toBe(1);
  await clock.advance('20ms');
  expect((await first).status).toBe(200);

  const second = await fetch(itemsOf(office));
  expect([second.status, second.headers.get('x-ms-retry-after-ms')]).toEqual([429, '580']);
  await clock.advance('580ms');
  const third = send(itemsOf(office), 'GET');
  await expect.poll(() => office.stats().sharepoint.inService).toBe(1);
  await clock.advance('20ms');
  expect((await third).status).toBe(200);
});
