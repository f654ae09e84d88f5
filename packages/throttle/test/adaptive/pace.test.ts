/** When calls are spaced, how fast, and when that ends. */
import { seededRandom } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { DrivenController } from './driven-controller.ts';
import { bucket, fixedWindow, slidingWindow, steady } from './scripted-services.ts';

const tenPerSecond = { calls: 600, per: 60_000, model: 'token-bucket', burst: 600 } as const;

/** The share of the calls in a time that were refused. */
function refusedIn(driven: DrivenController, from: number, to: number): number {
  const refused = driven.refusals.filter((at) => at >= from && at < to).length;
  return refused / driven.sentIn(from, to);
}

describe('the pace of an adaptive limiter', () => {
  it.each([
    { perSecond: 10, burst: 1 },
    { perSecond: 10, burst: 60 },
    { perSecond: 10, burst: 300 },
    { perSecond: 0.5, burst: 5 },
    { perSecond: 40, burst: 100 },
  ])('is what a bucket of $burst with $perSecond/s gives out', ({ perSecond, burst }) => {
    const minutes = perSecond < 1 ? 60 : 10;
    const driven = new DrivenController(bucket(perSecond, burst)).runTo((minutes * 60_000) / 5);
    const before = driven.ok;
    driven.runTo(minutes * 60_000);
    const taken = (driven.ok - before) / (minutes * 48 * perSecond);
    expect(taken).toBeGreaterThan(burst === 1 ? 0.7 : 0.9);
    expect(refusedIn(driven, minutes * 12_000, minutes * 60_000)).toBeLessThan(0.025);
  });

  it('is found in spite of a long Retry-After, by what was borne beyond what had been saved up', () => {
    const driven = new DrivenController(bucket(10, 60, 10_000)).runTo(100_000);
    expect(driven.controller.estimate).toBeGreaterThan(9);
    expect(driven.controller.estimate).toBeLessThan(11);
    expect(driven.ofType('resumed').length).toBeLessThanOrEqual(3);
  });

  it.each([5, 20, 60])('does not grow during a pause, with a bucket of %d', (burst) => {
    const driven = new DrivenController(bucket(10, burst, 10_000)).runTo(600_000);
    let isPaused = false;
    for (const { type } of driven.decisions) {
      if (type === 'paused') isPaused = true;
      if (type === 'resumed') isPaused = false;
      expect(isPaused && type === 'pace-set').toBe(false);
    }
  });

  it('becomes slower when the service does', () => {
    const before = bucket(20, 20);
    const after = bucket(10, 20);
    const driven = new DrivenController((now, inService) =>
      (now < 60_000 ? before : after)(now, inService),
    );
    driven.runTo(120_000);
    const { ok } = driven;
    driven.runTo(240_000);
    expect((driven.ok - ok) / 1_200).toBeGreaterThan(0.95);
    expect(refusedIn(driven, 120_000, 240_000)).toBeLessThan(0.02);
  });

  it('becomes faster when the service does', () => {
    const before = bucket(5, 20);
    const after = bucket(20, 20);
    const driven = new DrivenController((now, inService) =>
      (now < 120_000 ? before : after)(now, inService),
    );
    driven.runTo(240_000);
    const { ok } = driven;
    driven.runTo(360_000);
    expect((driven.ok - ok) / 2_400).toBeGreaterThan(0.85);
  });

  it('spaces the calls evenly', () => {
    const driven = new DrivenController(bucket(10, 60)).runTo(60_000);
    const changes = driven.ofType('pace-set');
    const last = changes.at(-1);
    if (last?.to === undefined) throw new Error('There is no pace.');
    const sends = driven.sends.filter((at) => at > last.at + 1_000);
    const distances = sends.slice(1).map((at, n) => at - (sends[n] ?? 0));
    expect(Math.min(...distances)).toBeGreaterThan((0.99 * 1_000) / last.to);
  });

  it('takes no more calls at once than it needs', () => {
    const driven = new DrivenController(bucket(10, 60)).runTo(60_000);
    const { rate = 0, degree } = driven.controller;
    expect(degree).toBeGreaterThanOrEqual(rate * 0.5);
    expect(degree).toBeLessThanOrEqual(Math.ceil((1.5 * rate * 0.5) / 0.7) + 1);
    expect(driven.ofType('degree-changed').at(-1)?.reason).toBe('paced');
  });

  it('is not set for the few calls that the end of a window refuses', () => {
    const driven = new DrivenController(fixedWindow(2_000, 60_000), { max: 20 }).runTo(300_000);
    expect(driven.ofType('pace-set')).toEqual([]);
    expect(driven.ok).toBe(10_000);
  });

  it('never becomes so slow that a service which is back again is not tried', () => {
    let isDown = true;
    const driven = new DrivenController(() =>
      isDown
        ? { outcome: 'throttled', latency: 50, retryAfter: 5_000 }
        : { outcome: 'ok', latency: 500 },
    );
    driven.runTo(3_600_000);
    expect(driven.controller.rate).toBeGreaterThan(0.05);
    isDown = false;
    driven.runTo(4_200_000);
    expect(driven.ok).toBeGreaterThan(3_000);
  });

  it.each([
    { share: 1, retryAfter: undefined },
    { share: 1, retryAfter: 5_000 },
    { share: 1, retryAfter: 30_000 },
    { share: 0.9, retryAfter: 10_000 },
    { share: 0.5, retryAfter: 1_000 },
    { share: 0.5, retryAfter: 30_000 },
  ])(
    'is nearly full again ten waits after an outage: refused $share, each for $retryAfter ms',
    (outage) => {
      const { share, retryAfter } = outage;
      const random = seededRandom(1);
      const free = steady();
      let isDown = true;
      const driven = new DrivenController((now, inService) =>
        isDown && random() < share
          ? {
              outcome: 'throttled',
              latency: 50,
              retryAfter: retryAfter && retryAfter * (0.5 + random()),
            }
          : free(now, inService),
      );
      driven.runTo(3_600_000);
      isDown = false;
      // Without a Retry-After our own wait is up to 30 s.
      const recovered = 3_600_000 + Math.max(300_000, 15 * (retryAfter ?? 20_000));
      driven.runTo(recovered);
      const { ok } = driven;
      driven.runTo(recovered + 60_000);
      expect((driven.ok - ok) / 6_000).toBeGreaterThan(0.8);
    },
  );

  it.each([
    { calls: 600, window: 60_000 },
    { calls: 1_000, window: 230_000 },
  ])(
    'is that of a whole window of $window ms, whose calls slide out as unevenly as they came',
    ({ calls, window }) => {
      const driven = new DrivenController(slidingWindow(calls, window)).runTo(10 * window);
      expect(driven.ok).toBeGreaterThan(0.8 * 10 * calls);
      expect(refusedIn(driven, 2 * window, 10 * window)).toBeLessThan(0.02);
    },
  );

  it('comes back to what it was before a long outage in which little was taken', () => {
    const limited = bucket(10, 60);
    const random = seededRandom(1);
    let isDown = false;
    const driven = new DrivenController((now, inService) =>
      isDown && random() < 0.6
        ? { outcome: 'throttled', latency: 50, retryAfter: 10_000 * (0.5 + random()) }
        : limited(now, inService),
    );
    driven.runTo(120_000);
    isDown = true;
    driven.runTo(3_600_000);
    isDown = false;
    driven.runTo(3_720_000);
    const { ok } = driven;
    driven.runTo(3_840_000);
    expect((driven.ok - ok) / 1_200).toBeGreaterThan(0.8);
  });

  it('ends when it has held nothing back for a long time', () => {
    const limited = bucket(10, 60);
    const free = steady();
    const driven = new DrivenController((now, inService) =>
      (now < 30_000 ? limited : free)(now, inService),
    );
    driven.runTo(900_000);
    expect(driven.ofType('pace-set').at(-1)).toMatchObject({ to: undefined, reason: 'not-needed' });
    expect(driven.controller.rate).toBeUndefined();
    expect(driven.controller.degree).toBeGreaterThan(40);
  });

  it('stays as it is while there is less to do than it allows', () => {
    const driven = new DrivenController(bucket(10, 60), { limit: tenPerSecond });
    const { controller } = driven.runTo(1);
    const { rate } = controller;
    for (let now = 40_000; now < 400_000; now += 5_000) {
      controller.ended(now + 500, controller.sent(now), { outcome: 'ok' });
    }
    expect(controller.rate).toBe(rate);
  });
});

describe('a limit that the service documents', () => {
  it('of a window is kept, but for three in a hundred', () => {
    const limit = { calls: 100, per: 10_000, model: 'sliding-window', burst: 100 } as const;
    const driven = new DrivenController(steady(100), { limit }).runTo(60_000);
    for (const at of driven.sends) expect(driven.sentIn(at, at + 10_000)).toBeLessThanOrEqual(97);
    expect(driven.ok).toBeGreaterThanOrEqual(6 * 97 - 50);
    expect(driven.decisions.filter(({ type }) => type !== 'degree-changed')).toEqual([]);
  });

  it('of a bucket is the pace from the beginning, at 95 %, and is not exceeded', () => {
    const driven = new DrivenController(bucket(10, 1, 30_000), { limit: tenPerSecond });
    driven.runTo(600_000);
    expect(driven.sentIn(0, 10_000) / 10).toBeCloseTo(9.5, 0);
    expect(driven.sentIn(500_000, 600_000) / 100).toBeCloseTo(9.5, 1);
    expect(driven.refusals).toEqual([]);
  });

  it('of a bucket is corrected by what is seen', () => {
    const driven = new DrivenController(bucket(5, 5), { limit: tenPerSecond }).runTo(120_000);
    expect(driven.ok).toBeGreaterThan(0.85 * 600);
    expect(refusedIn(driven, 60_000, 120_000)).toBeLessThan(0.03);
  });
});
