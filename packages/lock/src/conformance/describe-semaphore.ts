/**
 * The suite of the Semaphore port: each promise of semaphore-port.ts as tests, for every driver.
 *
 * What it has in common with locks runs on the same code; this asks for what is different with several holders.
 * Read next: describe-lock.ts.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { permitCases } from './permit-cases.ts';
import { permitWaitingCases } from './permit-waiting-cases.ts';
import type {
  SemaphoreCapabilities,
  SemaphoreHarness,
  SemaphorePlace,
} from './semaphore-harness.ts';
import type { SemaphoreSetting } from './semaphore-setting.ts';

const everything: SemaphoreCapabilities = {
  fifo: true,
  wakes: true,
  breakable: true,
  separateConnections: true,
  faults: true,
};

/**
 * Declares the tests that every semaphore has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeSemaphore('redisSemaphore', {
 *   async open() {
 *     const prefix = `${crypto.randomUUID()}:`;
 *     const semaphores: Semaphore[] = [];
 *     return {
 *       async connect(options) {
 *         const semaphore = redisSemaphore(url, { ...options, prefix });
 *         semaphores.push(semaphore);
 *         return semaphore;
 *       },
 *       async close() {
 *         await Promise.all(semaphores.map((semaphore) => semaphore.close()));
 *       },
 *     };
 *   },
 *   capabilities: { breakable: false, faults: false },
 * });
 */
export function describeSemaphore(driver: string, harness: SemaphoreHarness): void {
  describe(`Semaphore: ${driver}`, () => {
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl: harness.shortestTtl ?? 1_000,
      seed: harness.seed,
    } as SemaphoreSetting;
    let place: SemaphorePlace | undefined;

    beforeEach(async () => {
      place = await harness.open();
      setting.place = place;
    });

    afterEach(async () => {
      const opened = place;
      place = undefined;
      await opened?.close();
    });

    permitCases(setting);
    permitWaitingCases(setting);
  });
}
