/** A waiting room that is full refuses whoever comes, or lets them wait outside; closing empties it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { anyCode, refusalOf } from './gate-setting.ts';
import {
  beginWaiting,
  type LimiterSetting,
  limiters,
  needOfLimiter,
  releaseAll,
  startWaiting,
  untilLimiter,
} from './limiter-setting.ts';

export function limiterRoomCases(setting: LimiterSetting): void {
  describe('a waiting room', () => {
    beforeEach(needOfLimiter(setting, 'room'));

    it('that is full refuses whoever comes, until somebody leaves', async () => {
      const limiter = await setting.place.connect({ concurrency: 1, waiting: 2 });
      const held = await limiter.acquire();
      const controller = new AbortController();
      const first = beginWaiting(limiter, { signal: controller.signal });
      const second = beginWaiting(limiter);
      const refusal = { code: 'LIMITER_FULL', status: 429 };
      await expect(limiter.acquire()).rejects.toMatchObject(refusal);
      await expect(limiter.acquire({ priority: 1 })).rejects.toMatchObject(refusal);
      expect(await limiter.tryAcquire()).toBeUndefined();
      controller.abort();
      await expect(first.granted).rejects.toBe(controller.signal.reason);
      const third = beginWaiting(limiter);
      held.release();
      (await second.granted).release();
      await releaseAll(setting, [await third.granted]);
    });

    it('that is full tells when to come back, once somebody was let in', async () => {
      const limiter = await setting.place.connect({ concurrency: 1, waiting: 1 });
      const held = await limiter.acquire();
      const first = beginWaiting(limiter);
      held.release();
      const permit = await first.granted;
      const second = beginWaiting(limiter);
      const refusal = await refusalOf(limiter.acquire());
      expect(refusal).toMatchObject({ retryAfter: expect.any(Number) });
      expect((refusal as { retryAfter: number }).retryAfter).toBeGreaterThan(0);
      permit.release();
      await releaseAll(setting, [await second.granted]);
    });

    it('that is full lets callers wait outside, if it is told to', async () => {
      const options = { concurrency: 1, waiting: 1, whenFull: 'wait' } as const;
      const limiter = await setting.place.connect(options);
      const held = await limiter.acquire();
      const order: number[] = [];
      const controller = new AbortController();
      const turns = Array.from({ length: 5 }, async (_, n) => {
        using _permit = await limiter.acquire({ signal: n === 2 ? controller.signal : undefined });
        order.push(n);
      });
      const ends = Promise.allSettled(turns);
      controller.abort();
      held.release();
      await ends;
      expect(order).toEqual([0, 1, 3, 4]);
      await untilLimiter(setting, { active: 0, waiting: 0 });
    });
  });

  describe('a limiter that is closed', () => {
    beforeEach(needOfLimiter(setting, 'closes'));

    it('ends every wait, and refuses whoever comes', async () => {
      const limiter = await setting.place.connect({ concurrency: 1 });
      const held = await limiter.acquire();
      const waiters = [beginWaiting(limiter), beginWaiting(limiter, { priority: 1 })];
      await limiter.close?.();
      for (const { granted } of waiters) {
        await expect(granted).rejects.toMatchObject({ code: anyCode });
      }
      await expect(limiter.acquire()).rejects.toMatchObject({ code: anyCode });
      await expect(limiter.tryAcquire()).rejects.toMatchObject({ code: anyCode });
      held.release();
      await limiter.close?.();
    });

    it('leaves those alone who wait on other connections', async (context) => {
      needOfLimiter(setting, 'separateConnections')(context);
      const [limiter, closing, other] = await limiters(setting, 3, { concurrency: 2 });
      const permits = [await limiter.acquire(), await limiter.acquire()];
      const leaving = await startWaiting(setting, closing, { weight: 2 });
      const { granted } = beginWaiting(other ?? limiter);
      await closing.close?.();
      await expect(leaving.granted).rejects.toMatchObject({ code: anyCode });
      permits[0]?.release();
      await releaseAll(setting, [permits[1], await granted]);
    });
  });
}
