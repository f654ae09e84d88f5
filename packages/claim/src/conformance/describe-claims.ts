/**
 * The suite of pools: each promise of pool-port.ts and pool-store.ts as tests, for every store.
 *
 * A store's conformance file is a call and a harness. The tests are about what several machines do to one pool,
 * and about what a holder knows; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { abortCases } from './abort-cases.ts';
import { claimingCases } from './claiming-cases.ts';
import { closingCases } from './closing-cases.ts';
import { expiryScenes } from './expiry-scenes.ts';
import { historyCases } from './history-cases.ts';
import { leaseCases } from './lease-cases.ts';
import { lostReplyCases } from './lost-reply-cases.ts';
import { modelCases } from './model-cases.ts';
import { nameCases } from './name-cases.ts';
import { operationCases } from './operation-cases.ts';
import type { PoolCapabilities, PoolHarness, PoolPlace } from './pool-harness.ts';
import { processScenes } from './process-scenes.ts';
import { requestCases } from './request-cases.ts';
import { resourceCases } from './resource-cases.ts';
import type { Setting } from './setting.ts';
import { sideBySide } from './side-by-side.ts';
import { waitingCases } from './waiting-cases.ts';

const everything: PoolCapabilities = {
  fifo: true,
  wakes: true,
  anyName: true,
  separateStores: true,
  faults: true,
  processes: true,
};

/**
 * Declares the tests that every store of pools has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeClaims('redisPools', {
 *   async open() {
 *     const prefix = `${crypto.randomUUID()}:`;
 *     const stores: PoolStore[] = [];
 *     return {
 *       async connect() {
 *         const store = redisPools(url, { prefix });
 *         stores.push(store);
 *         return store;
 *       },
 *       async close() {
 *         await Promise.all(stores.map((store) => store.close()));
 *       },
 *     };
 *   },
 *   capabilities: { faults: false, processes: false },
 * });
 */
export function describeClaims(driver: string, harness: PoolHarness): void {
  describe(`Claims: ${driver}`, () => {
    const ttl = harness.shortestTtl ?? 1_000;
    const setting = {
      pools: new Set(),
      capabilities: { ...everything, ...harness.capabilities },
      ttl,
      roomyTtl: ttl + 4_000,
      seed: harness.seed,
    } as Partial<Setting> as Setting;

    describe('one by one', () => {
      let place: PoolPlace | undefined;

      beforeEach(async () => {
        place = await harness.open();
        setting.place = place;
        [setting.store, setting.other] = await Promise.all([place.connect(), place.connect()]);
      });

      afterEach(async () => {
        const opened = place;
        place = undefined;
        await Promise.all([...setting.pools].map((pool) => pool[Symbol.asyncDispose]()));
        setting.pools.clear();
        await opened?.close();
      });

      claimingCases(setting);
      operationCases(setting);
      leaseCases(setting);
      waitingCases(setting);
      requestCases(setting);
      resourceCases(setting);
      abortCases(setting);
      nameCases(setting);
      closingCases(setting);
      lostReplyCases(setting);
      historyCases(setting);
      modelCases(setting);
    });

    describe('while time passes', () => {
      sideBySide(setting, harness, [...expiryScenes, ...processScenes]);
    });
  });
}
