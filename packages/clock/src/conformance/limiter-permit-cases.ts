/** The weights of what is held never add up to more than the limit, and each permit comes back once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limiter } from '../limiter.ts';
import {
  beginWaiting,
  eachOfLimiters,
  type LimiterSetting,
  limiterClock,
  limiters,
  releaseAll,
  untilLimiter,
} from './limiter-setting.ts';

export function limiterPermitCases(setting: LimiterSetting): void {
  describe('the permits of a limiter', () => {
    it('are as many as its limit, for all connections together', async () => {
      const connections = await limiters(setting, 2, { concurrency: 3 });
      const tries = eachOfLimiters(connections, 10, (limiter) => limiter.tryAcquire());
      const held = (await Promise.all(tries)).filter((permit) => permit !== undefined);
      expect(held).toHaveLength(3);
      held[1]?.release();
      const next = await connections[1].acquire();
      expect(await connections[0].tryAcquire()).toBeUndefined();
      await releaseAll(setting, [...held, next]);
    });

    it('are never exceeded by 60 who wait for different weights', async () => {
      const connections = await limiters(setting, 4, { concurrency: 5 });
      let inside = 0;
      let most = 0;
      const turns = eachOfLimiters(connections, 60, async (limiter, n) => {
        const weight = 1 + (n % 3);
        using _permit = await limiter.acquire({ weight });
        inside += weight;
        most = Math.max(most, inside);
        await limiterClock(setting).sleep(1);
        inside -= weight;
      });
      await Promise.all(turns);
      expect(most, 'the greatest sum of weights').toBe(5);
      await untilLimiter(setting, { active: 0, waiting: 0 });
    });

    it('come back with their weight, and only once', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 4 });
      const light = await limiter.acquire();
      const heavy = await limiter.acquire({ weight: 3 });
      expect(await other.tryAcquire()).toBeUndefined();
      heavy.release();
      const three = await other.acquire({ weight: 3 });
      heavy.release();
      heavy[Symbol.dispose]();
      await limiterClock(setting).sleep(20);
      expect(await setting.place.look()).toMatchObject({ active: 4 });
      expect(await limiter.tryAcquire(), 'after a second release').toBeUndefined();
      await releaseAll(setting, [light, three]);
    });

    it('come back when they are disposed of', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 1 });
      {
        using _permit = await limiter.acquire();
        expect(await other.tryAcquire()).toBeUndefined();
      }
      await releaseAll(setting, [await other.acquire()]);
    });

    it('come back whatever the work failed with', async () => {
      const limiter = await setting.place.connect({ concurrency: 1 });
      const hostile = new Proxy(() => {}, {
        get: () => {
          throw new Error('Not to be read.');
        },
      });
      for (const failure of [new Error('Failed.'), 'failed', null, Object.create(null), hostile]) {
        const permit = await limiter.acquire();
        permit.release(failure);
        await untilLimiter(setting, { active: 0 });
      }
    });

    it('may all be taken by one', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 100 });
      const all = await limiter.acquire({ weight: 100 });
      expect(await other.tryAcquire()).toBeUndefined();
      await releaseAll(setting, [all]);
    });

    it('go to all who fit when a heavy one comes back', async () => {
      const [limiter, other] = await limiters(setting, 2, { concurrency: 4 });
      const heavy = await limiter.acquire({ weight: 4 });
      const waiters = eachOfLimiters([limiter, other], 4, (from) => from.acquire());
      heavy.release();
      const permits = await Promise.all(waiters);
      expect(await setting.place.look()).toMatchObject({ active: 4 });
      await releaseAll(setting, permits);
    });

    it('are all there again after a random day', async () => {
      const connections = await limiters(setting, 3, { concurrency: 4 });
      const { seed } = setting;
      await fc.assert(
        fc.asyncProperty(day, async (visits) => {
          await spend(setting, connections, visits);
          await releaseAll(setting, [await connections[0].acquire({ weight: 4 })]);
        }),
        // To shrink a failure takes long where backends are slow, and hardly finds it again.
        { numRuns: 15, endOnFailure: true, ...(seed !== undefined && { seed }) },
      );
    }, 120_000);
  });
}

interface Visit {
  readonly weight: number;
  readonly priority: number;
  /** Milliseconds after which the caller leaves if it is not in by then. */
  readonly patience: number;
  /** Milliseconds. */
  readonly stay: number;
}

const day: fc.Arbitrary<Visit[]> = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 4 }),
    priority: fc.integer({ min: 0, max: 1 }),
    patience: fc.integer({ min: 0, max: 20 }),
    stay: fc.integer({ min: 0, max: 8 }),
  }),
  { maxLength: 12 },
);

async function spend(
  setting: LimiterSetting,
  connections: readonly Limiter[],
  visits: readonly Visit[],
): Promise<void> {
  const clock = limiterClock(setting);
  let inside = 0;
  const visit = async (limiter: Limiter, n: number) => {
    const { weight, priority, patience, stay } = visits[n] as Visit;
    const controller = new AbortController();
    const { signal } = controller;
    const { granted } = beginWaiting(limiter, { weight, priority, signal });
    const cancelTimer = clock.setTimer(patience, () => controller.abort(impatient));
    const permit = await granted.catch((error: unknown) => {
      if (error !== impatient) throw error;
    });
    cancelTimer();
    if (permit === undefined) return;
    inside += weight;
    expect(inside, 'the sum of weights').toBeLessThanOrEqual(4);
    await clock.sleep(stay);
    inside -= weight;
    permit.release();
  };
  await Promise.all(eachOfLimiters(connections, visits.length, visit));
}

const impatient = new Error('It takes too long.');
