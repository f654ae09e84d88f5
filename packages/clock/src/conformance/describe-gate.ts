/**
 * The suite of the Gate port: each promise that limiter.ts makes for gates as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. Each subject has a file of its own beside this one.
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { gateDayCases } from './gate-day-cases.ts';
import { gateEnteringCases } from './gate-entering-cases.ts';
import type { GateCapabilities, GateHarness, GatePlace } from './gate-harness.ts';
import { gateLeavingCases } from './gate-leaving-cases.ts';
import { type GateScene, gateScenes } from './gate-scenes.ts';
import { type GateSetting, needOfGate } from './gate-setting.ts';
import { gateWaitingCases } from './gate-waiting-cases.ts';

const everything: GateCapabilities = {
  fifo: true,
  room: true,
  backPressure: true,
  retryAfter: true,
  expiry: true,
  separateConnections: true,
  faults: true,
  processes: true,
};

/**
 * Declares the tests that every gate has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeGate('runGate', {
 *   async open() {
 *     const clock = virtualClock({ autoAdvance: true });
 *     let gate: RunGate | undefined;
 *     return {
 *       async connect(options) {
 *         gate ??= runGate({ ...options, clock });
 *         return gate;
 *       },
 *       look: async () => ({ running: gate?.running ?? 0, waiting: gate?.waiting ?? 0 }),
 *       clock,
 *       close: async () => {},
 *     };
 *   },
 *   capabilities: { expiry: false, separateConnections: false, faults: false, processes: false },
 * });
 */
export function describeGate(driver: string, harness: GateHarness): void {
  describe(`Gate: ${driver}`, () => {
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl: harness.shortestTtl ?? 1_000,
      longest: harness.longest ?? 60_000,
      seed: harness.seed,
    } as GateSetting;

    describe('one by one', () => {
      let place: GatePlace | undefined;

      beforeEach(async () => {
        place = await harness.open();
        setting.place = place;
      });

      afterEach(async () => {
        const opened = place;
        place = undefined;
        await opened?.close();
      });

      gateEnteringCases(setting);
      gateWaitingCases(setting);
      gateLeavingCases(setting);
      gateDayCases(setting);
    });

    describe('over a network', () => sideBySide(setting, harness));
  });
}

/** Plays all scenes at the same time; each is reported by itself. */
function sideBySide(setting: GateSetting, harness: GateHarness): void {
  const plays = new Map<GateScene, Promise<void>>();
  const places: Promise<GatePlace>[] = [];

  beforeAll(() => {
    for (const scene of gateScenes) {
      if (!scene.needs.every((capability) => setting.capabilities[capability])) continue;
      const opening = harness.open();
      const play = opening.then((place) => scene.play({ ...setting, place }));
      play.catch(() => {}); // until its test looks at it
      places.push(opening);
      plays.set(scene, play);
    }
  });

  // Not by the scenes: one that hangs must not keep its place.
  afterAll(async () => {
    await Promise.all(places.map(async (place) => (await place).close()));
  });

  for (const scene of gateScenes) {
    it(scene.title, { timeout: setting.longest }, async (context) => {
      needOfGate(setting, ...scene.needs)(context);
      await plays.get(scene);
    });
  }
}
