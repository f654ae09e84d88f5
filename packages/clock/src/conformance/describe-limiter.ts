/**
 * The suite of the Limiter port: each promise that limiter.ts makes for limiters as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. Each subject has a file of its own beside this one.
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { limiterAbortCases } from './limiter-abort-cases.ts';
import type { LimiterCapabilities, LimiterHarness, LimiterPlace } from './limiter-harness.ts';
import { limiterOrderCases } from './limiter-order-cases.ts';
import { limiterPermitCases } from './limiter-permit-cases.ts';
import { limiterRateCases } from './limiter-rate-cases.ts';
import { limiterRoomCases } from './limiter-room-cases.ts';
import { type LimiterScene, limiterScenes } from './limiter-scenes.ts';
import { type LimiterSetting, needOfLimiter } from './limiter-setting.ts';

const everything: LimiterCapabilities = {
  priorities: true,
  fifo: true,
  rates: true,
  room: true,
  closes: true,
  separateConnections: true,
  expiry: true,
  faults: true,
  processes: true,
};

/**
 * Declares the tests that every limiter has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeLimiter('limiter', {
 *   async open() {
 *     const clock = virtualClock({ autoAdvance: true });
 *     let opened: InProcessLimiter | undefined;
 *     return {
 *       async connect(options) {
 *         opened ??= limiter({ ...options, clock });
 *         return opened;
 *       },
 *       look: async () => ({ active: opened?.active ?? 0, waiting: opened?.waiting ?? 0 }),
 *       clock,
 *       close: async () => opened?.close(),
 *     };
 *   },
 *   capabilities: { separateConnections: false, expiry: false, faults: false, processes: false },
 * });
 */
export function describeLimiter(driver: string, harness: LimiterHarness): void {
  describe(`Limiter: ${driver}`, () => {
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl: harness.shortestTtl ?? 1_000,
      per: harness.per ?? 300,
      seed: harness.seed,
    } as LimiterSetting;

    describe('one by one', () => {
      let place: LimiterPlace | undefined;

      beforeEach(async () => {
        place = await harness.open();
        setting.place = place;
      });

      afterEach(async () => {
        const opened = place;
        place = undefined;
        await opened?.close();
      });

      limiterPermitCases(setting);
      limiterOrderCases(setting);
      limiterAbortCases(setting);
      limiterRateCases(setting);
      limiterRoomCases(setting);
    });

    describe('over a network', () => sideBySide(setting, harness));
  });
}

/** Plays all scenes at the same time; each is reported by itself. */
function sideBySide(setting: LimiterSetting, harness: LimiterHarness): void {
  const plays = new Map<LimiterScene, Promise<void>>();

  beforeAll(() => {
    for (const scene of limiterScenes) {
      if (!scene.needs.every((capability) => setting.capabilities[capability])) continue;
      const play = playIn(harness.open(), scene, setting);
      play.catch(() => {}); // until its test looks at it
      plays.set(scene, play);
    }
  });

  afterAll(async () => {
    await Promise.allSettled(plays.values());
  });

  for (const scene of limiterScenes) {
    it(scene.title, { timeout: 120_000 }, async (context) => {
      needOfLimiter(setting, ...scene.needs)(context);
      await plays.get(scene);
    });
  }
}

async function playIn(
  opening: Promise<LimiterPlace>,
  { play }: LimiterScene,
  setting: LimiterSetting,
): Promise<void> {
  const place = await opening;
  try {
    await play({ ...setting, place });
  } finally {
    await place.close();
  }
}
