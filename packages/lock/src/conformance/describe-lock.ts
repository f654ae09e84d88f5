/**
 * The suite of the Lock port: each promise of lock-port.ts and lease-driver.ts as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. The tests are about what several processes do to one
 * name, and about what a holder knows; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { exclusionCases } from './exclusion-cases.ts';
import type { LockCapabilities, LockHarness, LockPlace } from './lock-harness.ts';
import type { Setting } from './setting.ts';

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
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl: harness.shortestTtl ?? 1_000,
      seed: harness.seed,
    } as Setting;
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
  });
}
