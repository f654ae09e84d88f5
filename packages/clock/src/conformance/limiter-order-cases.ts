/** Who waits is let in in order, and nobody overtakes. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AcquireOptions, Limiter } from '../limiter.ts';
import {
  beginWaiting,
  isLetIn,
  type LimiterSetting,
  limiters,
  needOfLimiter,
  releaseAll,
  startWaiting,
  untilLimiter,
} from './limiter-setting.ts';

export function limiterOrderCases(setting: LimiterSetting): void {
  describe('those who wait', () => {
    it('are let in in the order of their calls', async () => {
      const limiter = await setting.place.connect({ concurrency: 1 });
      const held = await limiter.acquire();
      const order = orderOf(limiter, [{}, {}, {}, {}, {}]);
      held.release();
      expect(await order).toEqual([0, 1, 2, 3, 4]);
    });

    it('are let in in the order of their calls, over all connections', async (context) => {
      needOfLimiter(setting, 'fifo')(context);
      const connections = await limiters(setting, 4, { concurrency: 1 });
      const held = await connections[0].acquire();
      const order: number[] = [];
      const turns: Promise<void>[] = [];
      for (const n of [2, 0, 3, 1]) {
        const { granted } = await startWaiting(setting, connections[n] as Limiter);
        turns.push(
          granted.then((permit) => {
            order.push(n);
            permit.release();
          }),
        );
      }
      held.release();
      await Promise.all(turns);
      expect(order).toEqual([2, 0, 3, 1]);
    });

    it('do not overtake a heavier one because they would fit', async () => {
      const limiter = await setting.place.connect({ concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const heavy = beginWaiting(limiter, { weight: 3 });
      const light = beginWaiting(limiter);
      expect(await isLetIn(setting, light)).toBe(false);
      held.release();
      const first = await heavy.granted;
      expect(await isLetIn(setting, light)).toBe(false);
      first.release();
      await releaseAll(setting, [await light.granted]);
    });

    it('do not overtake a heavier one on another connection either', async (context) => {
      needOfLimiter(setting, 'fifo')(context);
      const [limiter, other] = await limiters(setting, 2, { concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const heavy = await startWaiting(setting, limiter, { weight: 3 });
      const light = await startWaiting(setting, other);
      expect(await isLetIn(setting, light)).toBe(false);
      held.release();
      const first = await heavy.granted;
      expect(await isLetIn(setting, light)).toBe(false);
      first.release();
      await releaseAll(setting, [await light.granted]);
    });

    it('are not passed by who only tries', async () => {
      const limiter = await setting.place.connect({ concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const heavy = beginWaiting(limiter, { weight: 3 });
      expect(await limiter.tryAcquire()).toBeUndefined();
      held.release();
      await releaseAll(setting, [await heavy.granted]);
    });

    it('are not passed by who only tries on another connection', async (context) => {
      needOfLimiter(setting, 'fifo')(context);
      const [limiter, other] = await limiters(setting, 2, { concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const heavy = await startWaiting(setting, limiter, { weight: 3 });
      expect(await other.tryAcquire()).toBeUndefined();
      held.release();
      await releaseAll(setting, [await heavy.granted]);
    });

    it('are let in at once when what they wait for is there', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 2 });
      const held = [await limiter.acquire(), await other.acquire()];
      const waiter = beginWaiting(limiter);
      expect(await isLetIn(setting, waiter)).toBe(false);
      held[1]?.release();
      await releaseAll(setting, [held[0], await waiter.granted]);
    });
  });

  describe('priorities', () => {
    beforeEach(needOfLimiter(setting, 'priorities'));

    it('let in the highest first, and equal ones in the order of their calls', async () => {
      const limiter = await setting.place.connect({ concurrency: 1 });
      const held = await limiter.acquire();
      const priorities = [0, -1, 5, 0, 5, 0.5].map((priority) => ({ priority }));
      const order = orderOf(limiter, priorities);
      held.release();
      expect(await order).toEqual([2, 4, 5, 0, 3, 1]);
    });

    it('take what is free when it is too little for who was first', async () => {
      const limiter = await setting.place.connect({ concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const heavy = beginWaiting(limiter, { weight: 2 });
      expect(await isLetIn(setting, heavy)).toBe(false);
      const urgent = await limiter.acquire({ priority: 1 });
      held.release();
      await releaseAll(setting, [urgent, await heavy.granted]);
    });

    it('hold up what is lighter, but not as important', async () => {
      const limiter = await setting.place.connect({ concurrency: 3 });
      const held = await limiter.acquire({ weight: 2 });
      const light = beginWaiting(limiter, { weight: 2 });
      const heavy = beginWaiting(limiter, { weight: 3, priority: 1 });
      held.release();
      const first = await heavy.granted;
      expect(await isLetIn(setting, light)).toBe(false);
      first.release();
      await releaseAll(setting, [await light.granted]);
      await untilLimiter(setting, { waiting: 0 });
    });
  });
}

/** In which order they are let in, where only one fits at a time. */
async function orderOf(limiter: Limiter, calls: readonly AcquireOptions[]): Promise<number[]> {
  const order: number[] = [];
  const turns = calls.map(async (options, n) => {
    using _permit = await limiter.acquire(options);
    order.push(n);
  });
  await Promise.all(turns);
  return order;
}
