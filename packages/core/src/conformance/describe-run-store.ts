/**
 * The suite of the RunStore port: each promise of ports/run-store.ts as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. The tests are about what several processes do to
 * one place at the same time; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { creationCases } from './creation-cases.ts';
import { deletionCases } from './deletion-cases.ts';
import { deliveryCases } from './delivery-cases.ts';
import { endingCases } from './ending-cases.ts';
import { fenceCases } from './fence-cases.ts';
import { frameCases } from './frame-cases.ts';
import { leaseCases } from './lease-cases.ts';
import { listingCases } from './listing-cases.ts';
import { modelCases } from './model-cases.ts';
import { outcomeCases } from './outcome-cases.ts';
import type { RunStoreHarness, RunStorePlace } from './run-store-harness.ts';
import type { Setting } from './setting.ts';
import { signalCases } from './signal-cases.ts';
import { stateCases } from './state-cases.ts';
import { textCases } from './text-cases.ts';
import { writeOrderCases } from './write-order-cases.ts';

/**
 * Declares the tests that every run store has to pass. To be called at the top of a test file.
 *
 * The tests stand under the title `RunStore: NAME`, by which a reporter can tell the drivers apart.
 *
 * @param name - the driver's, such as `memoryRunStore`.
 * @example
 * describeRunStore('memoryRunStore', {
 *   async open() {
 *     const clock = virtualClock();
 *     const store = memoryRunStore({ clock });
 *     return {
 *       connect: async () => store,
 *       passTime: (ms) => clock.advance(ms),
 *       close: () => store.close(),
 *     };
 *   },
 * });
 */
export function describeRunStore(name: string, harness: RunStoreHarness): void {
  describe(`RunStore: ${name}`, () => {
    const setting: Setting = {} as Setting;
    let place: RunStorePlace | undefined;

    beforeEach(async () => {
      place = await harness.open();
      setting.place = place;
      setting.store = await place.connect();
      setting.other = await place.connect();
    });

    afterEach(async () => {
      const opened = place;
      place = undefined;
      await opened?.close();
    });

    creationCases(setting);
    leaseCases(setting);
    fenceCases(setting);
    outcomeCases(setting);
    deliveryCases(setting);
    frameCases(setting);
    stateCases(setting);
    signalCases(setting);
    endingCases(setting);
    listingCases(setting);
    deletionCases(setting);
    textCases(setting, harness.cannot);
    writeOrderCases(setting, harness.cannot);
    modelCases(setting, harness.seed);
  });
}
