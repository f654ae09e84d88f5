/**
 * What befalls limiters whose callers are on several machines: requests that are not answered, connections that
 * end, processes that crash or stand still.
 *
 * Most of them wait until a ttl has passed, so they are played at the same time, each in a place of its own.
 * @module
 */
import { expect } from 'vitest';
import { refusalOf } from './gate-setting.ts';
import type { LimiterCapabilities } from './limiter-harness.ts';
import {
  beginWaiting,
  faultyLimiter,
  type LimiterSetting,
  limiterClock,
  releaseAll,
  startLimiterProcess,
  startWaiting,
  untilLimiter,
} from './limiter-setting.ts';

/** A test that is played beside others. */
export interface LimiterScene {
  readonly title: string;
  readonly needs: readonly (keyof LimiterCapabilities)[];
  readonly play: (setting: LimiterSetting) => Promise<void>;
}

export const limiterScenes: readonly LimiterScene[] = [
  {
    title: 'who works for long keeps the permit, and who waits for long keeps its place',
    needs: ['expiry'],
    async play(setting) {
      const options = { concurrency: 1, ttl: Math.max(setting.ttl, 3_000) };
      const limiter = await setting.place.connect(options);
      const other = await setting.place.connect(options);
      const permit = await limiter.acquire();
      const waiter = await startWaiting(setting, other);
      await limiterClock(setting).sleep(options.ttl * 1.7);
      expect(await setting.place.look()).toEqual({ active: 1, waiting: 1 });
      expect(await limiter.tryAcquire()).toBeUndefined();
      permit.release();
      await releaseAll(setting, [await waiter.granted]);
    },
  },
  {
    title: 'who is cut off loses the permit, and takes nothing away when it comes back',
    needs: ['expiry', 'faults'],
    async play(setting) {
      const options = { concurrency: 2, ttl: setting.ttl };
      const { limiter: lost, cut, heal } = await faultyLimiter(setting, options);
      const other = await setting.place.connect(options);
      const permit = await lost.acquire({ weight: 2 });
      const { granted } = await startWaiting(setting, other);
      cut();
      const next = await granted;
      heal();
      permit.release();
      await limiterClock(setting).sleep(setting.ttl / 2);
      expect(await setting.place.look()).toEqual({ active: 1, waiting: 0 });
      await releaseAll(setting, [next]);
    },
  },
  {
    title: 'a call that is not answered ends at once when it is aborted, and leaves nothing behind',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 1, ttl: setting.ttl };
      const { limiter, stall, heal } = await faultyLimiter(setting, options);
      await releaseAll(setting, [await limiter.acquire()]);
      stall();
      for (const call of [limiter.acquire, limiter.tryAcquire]) {
        const controller = new AbortController();
        const aborted = refusalOf(call.call(limiter, { signal: controller.signal }));
        await limiterClock(setting).sleep(20);
        const reason = new Error('No longer wanted.');
        controller.abort(reason);
        expect(await aborted).toBe(reason);
      }
      heal();
      const other = await setting.place.connect(options);
      (await other.acquire()).release();
      await untilLimiter(setting, { active: 0, waiting: 0 });
    },
  },
  {
    title: 'a permit whose grant was lost on its way is there once, or not at all',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 2, ttl: setting.ttl };
      const { limiter, loseReply } = await faultyLimiter(setting, options);
      await releaseAll(setting, [await limiter.acquire()]);
      loseReply();
      const permit = await limiter.acquire().catch(() => undefined);
      if (permit === undefined) await untilLimiter(setting, { active: 0, waiting: 0 });
      // At once: what was granted twice would be gone after the ttl.
      else expect(await setting.place.look()).toEqual({ active: 1, waiting: 0 });
      const other = await setting.place.connect(options);
      const next = await other.acquire();
      permit?.release();
      await untilLimiter(setting, { active: 1 });
      await releaseAll(setting, [next]);
    },
  },
  {
    title: 'a permit comes back although the reply to its release is lost',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 1, ttl: setting.ttl };
      const { limiter, loseReply } = await faultyLimiter(setting, options);
      const permit = await limiter.acquire();
      const other = await setting.place.connect(options);
      const { granted } = await startWaiting(setting, other);
      loseReply();
      permit.release();
      const next = await granted;
      expect(await other.tryAcquire()).toBeUndefined();
      await releaseAll(setting, [next]);
    },
  },
  {
    title: 'a rate is not used up twice by a request whose reply was lost',
    needs: ['rates', 'faults'],
    async play(setting) {
      const rate = { calls: 3, per: 600_000, model: 'sliding-window' } as const;
      const options = { concurrency: 3, rate, ttl: setting.ttl };
      const { limiter, loseReply } = await faultyLimiter(setting, options);
      const permits = [await limiter.acquire()];
      loseReply();
      const unsure = await limiter.acquire().catch(() => undefined);
      const other = await setting.place.connect(options);
      permits.push(await other.acquire());
      expect(await other.tryAcquire(), 'of three, one for each').toBeUndefined();
      await releaseAll(setting, [...permits, unsure]);
    },
  },
  {
    title: 'what a process held that crashed comes back after the ttl',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 3, ttl: setting.ttl };
      const limiter = await setting.place.connect(options);
      const crashing = await startLimiterProcess(setting, options, 2);
      await crashing.granted;
      const { granted } = await startWaiting(setting, limiter, { weight: 3 });
      await crashing.kill();
      await releaseAll(setting, [await granted]);
    },
  },
  {
    title: 'a process that crashes while it waits does not hold up those behind it',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 2, ttl: setting.ttl };
      const limiter = await setting.place.connect(options);
      const permit = await limiter.acquire();
      const crashing = await startLimiterProcess(setting, options, 2);
      await untilLimiter(setting, { waiting: 1 });
      const { granted } = beginWaiting(limiter);
      await crashing.kill();
      await releaseAll(setting, [permit, await granted]);
    },
  },
  {
    title: 'a process that waits is let in when another one releases',
    needs: ['processes'],
    async play(setting) {
      const options = { concurrency: 1, ttl: Math.max(setting.ttl, 10_000) };
      const limiter = await setting.place.connect(options);
      const permit = await limiter.acquire();
      const waiting = await startLimiterProcess(setting, options);
      await untilLimiter(setting, { waiting: 1 });
      permit.release();
      await waiting.granted;
      expect(await limiter.tryAcquire()).toBeUndefined();
      await waiting.leave();
      await releaseAll(setting, [await limiter.acquire()]);
    },
  },
  {
    title:
      'a process that stood still until others had its permit takes nothing away when it leaves',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 1, ttl: setting.ttl };
      const limiter = await setting.place.connect(options);
      const sleeping = await startLimiterProcess(setting, options);
      await sleeping.granted;
      const { granted } = await startWaiting(setting, limiter);
      sleeping.pause();
      const permit = await granted;
      sleeping.resume();
      await sleeping.leave();
      expect(await setting.place.look()).toEqual({ active: 1, waiting: 0 });
      await releaseAll(setting, [permit]);
    },
  },
];
