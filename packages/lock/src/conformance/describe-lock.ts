/**
 * The suite of the Lock port: each promise of lock-port.ts and lease-driver.ts as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. The tests are about what several processes do to one
 * name, and about what a holder knows; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { abortCases } from './abort-cases.ts';
import { closingCases } from './closing-cases.ts';
import { exclusionCases } from './exclusion-cases.ts';
import { expiryScenes } from './expiry-scenes.ts';
import { groupCases } from './group-cases.ts';
import { leaseCases } from './lease-cases.ts';
import type { LockCapabilities, LockHarness, LockPlace } from './lock-harness.ts';
import { lossScenes } from './loss-scenes.ts';
import { lostReplyCases } from './lost-reply-cases.ts';
import { modelCases } from './model-cases.ts';
import { nameCases } from './name-cases.ts';
import { processScenes } from './process-scenes.ts';
import type { Setting } from './setting.ts';
import { sideBySide } from './side-by-side.ts';
import { waitingCases } from './waiting-cases.ts';

const everything: LockCapabilities = {
  fifo: true,
  wakes: true,
  expiry: true,
  knowsHolder: true,
  breakable: true,
  separateConnections: true,
  faults: true,
  processes: true,
};

/**
 * Declares the tests that every lock has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeLock('redisLock', {
 *   async open() {
 *     const prefix = `${crypto.randomUUID()}:`;
 *     const locks: Lock[] = [];
 *     return {
 *       async connect(options) {
 *         const lock = redisLock(url, { ...options, prefix });
 *         locks.push(lock);
 *         return lock;
 *       },
 *       async breakLease(name) {
 *         await client.del(`${prefix}${name}`);
 *       },
 *       async close() {
 *         await Promise.all(locks.map((lock) => lock.close()));
 *       },
 *     };
 *   },
 *   capabilities: { faults: false, processes: false },
 * });
 */
export function describeLock(driver: string, harness: LockHarness): void {
  describe(`Lock: ${driver}`, () => {
    const ttl = harness.shortestTtl ?? 1_000;
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl,
      roomyTtl: Math.max(ttl, 5_000),
      seed: harness.seed,
    } as Setting;

    describe('one by one', () => {
      let place: LockPlace | undefined;

      beforeEach(async () => {
        place = await harness.open();
        setting.place = place;
        setting.lock = await place.connect();
        setting.other = await place.connect();
      });

      afterEach(async () => {
        const opened = place;
        place = undefined;
        await opened?.close();
      });

      exclusionCases(setting);
      leaseCases(setting);
      waitingCases(setting);
      abortCases(setting);
      groupCases(setting);
      nameCases(setting);
      lostReplyCases(setting);
      closingCases(setting);
      modelCases(setting);
    });

    describe('while time passes', () => {
      sideBySide(setting, harness, [...expiryScenes, ...lossScenes, ...processScenes]);
    });
  });
}
