/** Aborting ends a call at once, with the reason, and leaves nothing behind: no permit, and no place in a line. */
import { describe, expect, it } from 'vitest';
import { refusalOf } from './gate-setting.ts';
import {
  beginWaiting,
  type LimiterSetting,
  limiterClock,
  limiters,
  releaseAll,
  untilLimiter,
} from './limiter-setting.ts';

const reason = new Error('No longer wanted.');

export function limiterAbortCases(setting: LimiterSetting): void {
  describe('a call that is aborted', () => {
    it('before it begins does nothing, and rejects with the reason', async () => {
      const limiter = await setting.place.connect({ concurrency: 1 });
      const signal = AbortSignal.abort(reason);
      await expect(limiter.acquire({ signal })).rejects.toBe(reason);
      await expect(limiter.tryAcquire({ signal })).rejects.toBe(reason);
      await releaseAll(setting, [await limiter.acquire()]);
    });

    it('while it waits ends at once with the reason', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 1 });
      const held = await limiter.acquire();
      const controller = new AbortController();
      const { granted } = beginWaiting(other, { signal: controller.signal });
      await limiterClock(setting).sleep(20);
      controller.abort(reason);
      await expect(granted).rejects.toBe(reason);
      expect(await setting.place.look()).toMatchObject({ active: 1 });
      held.release();
      await releaseAll(setting, [await other.acquire()]);
    });

    it('while it waits makes room for those behind it', async () => {
      const limiter = await setting.place.connect({ concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const controller = new AbortController();
      const heavy = beginWaiting(limiter, { weight: 3, signal: controller.signal });
      const light = beginWaiting(limiter);
      await limiterClock(setting).sleep(20);
      controller.abort(reason);
      await expect(heavy.granted).rejects.toBe(reason);
      await releaseAll(setting, [await light.granted, held]);
    });

    it('from the middle leaves those alone that wait beside it', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 1 });
      const held = await limiter.acquire();
      const controller = new AbortController();
      const waits = Array.from({ length: 6 }, async (_, n) => {
        const signal = n % 2 ? controller.signal : undefined;
        using _permit = await other.acquire({ signal });
      });
      const ends = Promise.allSettled(waits);
      await limiterClock(setting).sleep(20);
      controller.abort(reason);
      held.release();
      const states = (await ends).map(({ status }) => status);
      expect(states).toEqual(Array.from({ length: 3 }, () => ['fulfilled', 'rejected']).flat());
      await untilLimiter(setting, { active: 0, waiting: 0 });
    });

    it('at whatever moment either holds a permit or has left nothing behind', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 1 });
      const clock = limiterClock(setting);
      for (const call of [limiter.acquire, limiter.tryAcquire]) {
        for (let moment = 0; moment < 8; moment++) {
          const held = moment % 2 ? await other.acquire() : undefined;
          const controller = new AbortController();
          const ending = refusalOf(
            call.call(limiter, { signal: controller.signal }).then((permit) => permit?.release()),
          );
          if (moment > 3) await clock.sleep((moment - 4) / 2);
          held?.release();
          controller.abort(reason);
          expect([undefined, reason]).toContain(await ending);
          await releaseAll(setting, [await other.acquire()]);
        }
      }
    });

    it('after it was granted changes nothing', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 1 });
      const controller = new AbortController();
      const permit = await limiter.acquire({ signal: controller.signal });
      controller.abort(reason);
      await limiterClock(setting).sleep(20);
      expect(await other.tryAcquire()).toBeUndefined();
      await releaseAll(setting, [permit]);
    });
  });

  describe('a call that makes no sense', () => {
    it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 4, '1'])(
      'is refused: a weight of %s where the limit is 3',
      async (value) => {
        const limiter = await setting.place.connect({ concurrency: 3 });
        const weight = value as number;
        const refusal = { code: 'LIMITER_OPTION_INVALID' };
        // Both as a rejection: a call that throws at once would end the test here.
        const calls = [limiter.acquire({ weight }), limiter.tryAcquire({ weight })];
        for (const call of calls) expect(await refusalOf(call)).toMatchObject(refusal);
        await releaseAll(setting, [await limiter.acquire({ weight: 3 })]);
      },
    );
  });
}
