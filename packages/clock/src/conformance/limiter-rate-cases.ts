/**
 * Rates are kept to, by all connections together.
 *
 * A test sees when it asked for a permit and when it got it; the permit was granted in between. So what it got
 * too early for any grant in that time is proof of a fault, on a slow machine as well. That nobody waits longer
 * than needed cannot be proved so; a driver with a virtual clock tests that by itself.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { LimiterConnectOptions, LimiterRate } from './limiter-harness.ts';
import {
  beginWaiting,
  eachOfLimiters,
  type LimiterSetting,
  limiterClock,
  limiters,
  needOfLimiter,
  releaseAll,
} from './limiter-setting.ts';

/** Milliseconds by which two clocks may differ, and one be rounded. */
const tolerance = 2;

/** A time in which no test of this file ends. */
const forLong = 600_000;

const models = ['sliding-window', 'fixed-window', 'token-bucket'] as const;

export function limiterRateCases(setting: LimiterSetting): void {
  describe('a rate', () => {
    beforeEach(needOfLimiter(setting, 'rates'));

    it.each([
      ['sliding-window', [0, 0, 0, 1, 1, 1, 2]],
      ['fixed-window', [0, 0, 0, 1, 1, 1, 2]],
      ['token-bucket', [0, 0, 0, 1 / 3, 2 / 3, 1, 4 / 3]],
    ] as const)('of 3 in a %s is kept to by those who wait', async (model, starts) => {
      const rate = { calls: 3, per: setting.per, model };
      await expectNotBefore(setting, { rate }, starts);
    });

    it.each([
      ['sliding-window', 1],
      ['token-bucket', 2 / 3],
    ] as const)('of a %s holds from whatever moment on', async (model, parts) => {
      const { per } = setting;
      const rate: LimiterRate = { calls: 3, per, model };
      const [limiter, other] = await limiters(setting, 2, { rate });
      const clock = limiterClock(setting);
      const permits = [await limiter.acquire()];
      await clock.sleep(per * 0.7);
      const asked = clock.monotonic();
      permits.push(await other.acquire(), await other.acquire(), await limiter.acquire());
      permits.push(await other.acquire(), await limiter.acquire());
      // Of the five, three were all that was left, or less.
      expect(clock.monotonic() - asked).toBeGreaterThanOrEqual(per * parts - tolerance);
      await releaseAll(setting, permits);
    });

    it('of a token bucket allows as many at once as it holds', async () => {
      const { per } = setting;
      const rate: LimiterRate = { calls: 3, per, model: 'token-bucket', burst: 2 };
      await expectNotBefore(setting, { rate }, [0, 0, 1 / 3, 2 / 3]);
    });

    it('is one of several that are all kept to', async () => {
      const { per } = setting;
      const model = 'sliding-window';
      const rate: LimiterRate[] = [
        { calls: 2, per, model },
        { calls: 3, per: 2 * per, model },
      ];
      await expectNotBefore(setting, { rate }, [0, 0, 1, 2, 2, 3]);
    });

    it('goes with a spacing, which is kept to by everybody', async () => {
      const { per } = setting;
      const rate: LimiterRate = { calls: 3, per, model: 'fixed-window' };
      const options = { rate, spacing: per / 4 };
      await expectNotBefore(setting, options, [0, 1 / 4, 2 / 4, 1, 5 / 4]);
    });

    it.each(models)('of a %s is used up by weights', async (model) => {
      const rate = { calls: 5, per: forLong, model };
      const [limiter, other] = await limiters(setting, 2, { rate });
      const permits = [await limiter.acquire({ weight: 4 })];
      expect(await other.tryAcquire({ weight: 2 })).toBeUndefined();
      permits.push(await other.acquire());
      expect(await limiter.tryAcquire()).toBeUndefined();
      await releaseAll(setting, permits);
      expect(await limiter.tryAcquire(), 'after all was released').toBeUndefined();
    });

    it.each(models)('of a %s refuses what it could never grant', async (model) => {
      const rate = { calls: 5, per: forLong, model };
      const limiter = await setting.place.connect({ rate, concurrency: 7 });
      const refusal = { code: 'LIMITER_OPTION_INVALID' };
      await expect(limiter.acquire({ weight: 6 })).rejects.toMatchObject(refusal);
      await expect(limiter.tryAcquire({ weight: 6 })).rejects.toMatchObject(refusal);
    });

    it.each(models)('of a %s is not used up by who leaves', async (model) => {
      const rate = { calls: 5, per: forLong, model };
      const [limiter, other] = await limiters(setting, 2, { rate });
      const permits = [await limiter.acquire({ weight: 3 })];
      const controller = new AbortController();
      const { granted } = beginWaiting(other, { weight: 3, signal: controller.signal });
      await limiterClock(setting).sleep(20);
      controller.abort();
      await expect(granted).rejects.toBe(controller.signal.reason);
      permits.push(await limiter.acquire({ weight: 2 }));
      await releaseAll(setting, permits);
    });

    it('leaves the concurrency as it is', async () => {
      const rate: LimiterRate = { calls: 100, per: forLong, model: 'sliding-window' };
      const [limiter, other] = await limiters(setting, 2, { rate, concurrency: 2 });
      const permits = [await limiter.acquire(), await other.acquire()];
      expect(await other.tryAcquire()).toBeUndefined();
      const { granted } = beginWaiting(limiter);
      permits[0]?.release();
      await releaseAll(setting, [permits[1], await granted]);
    });
  });
}

/**
 * As many ask at once, on two connections, as there are starts.
 *
 * @param starts - the earliest moments, in parts of the setting's `per`.
 */
async function expectNotBefore(
  setting: LimiterSetting,
  options: LimiterConnectOptions,
  starts: readonly number[],
): Promise<void> {
  const connections = await limiters(setting, 2, options);
  const clock = limiterClock(setting);
  const asked = clock.monotonic();
  const got: number[] = [];
  const turns = eachOfLimiters(connections, starts.length, async (limiter) => {
    using _permit = await limiter.acquire();
    got.push(clock.monotonic() - asked);
  });
  await Promise.all(turns);
  for (const [n, start] of starts.entries()) {
    const earliest = start * setting.per - tolerance;
    expect(got[n], `milliseconds until start ${n}`).toBeGreaterThanOrEqual(earliest);
  }
}
