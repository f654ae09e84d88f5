/**
 * The suite of the Counter port: each promise of counter-port.ts and counter-driver.ts as tests, for
 * every driver.
 *
 * A driver's conformance file is a call and a harness. The tests are about what several processes do to
 * one counter at the same time; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { abortCases } from './abort-cases.ts';
import { additionCases } from './addition-cases.ts';
import { answerCases } from './answer-cases.ts';
import { closingCases } from './closing-cases.ts';
import type { CounterCapabilities, CounterHarness, CounterPlace } from './counter-harness.ts';
import { lostReplyCases } from './lost-reply-cases.ts';
import { modelCases } from './model-cases.ts';
import { nameCases } from './name-cases.ts';
import { onceCases } from './once-cases.ts';
import { rangeCases } from './range-cases.ts';
import { readCases } from './read-cases.ts';
import { resetCases } from './reset-cases.ts';
import type { Setting } from './setting.ts';

const everything: CounterCapabilities = {
  addAndGet: true,
  conditionalReset: true,
  resetTo: true,
  linearizableRead: true,
  refusesOverflow: true,
  expiry: true,
  separateConnections: true,
  lostReplies: true,
};

/**
 * Declares the tests that every counter has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeCounter('redisCounter', {
 *   async open() {
 *     const prefix = `${crypto.randomUUID()}:`;
 *     const counters: Counter[] = [];
 *     return {
 *       async connect(options) {
 *         const counter = redisCounter(url, { ...options, prefix });
 *         counters.push(counter);
 *         return counter;
 *       },
 *       async close() {
 *         await Promise.all(counters.map((counter) => counter.close()));
 *       },
 *     };
 *   },
 *   capabilities: { expiry: false, lostReplies: false },
 * });
 */
export function describeCounter(driver: string, harness: CounterHarness): void {
  describe(`Counter: ${driver}`, () => {
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      seed: harness.seed,
    } as Setting;
    let place: CounterPlace | undefined;

    beforeEach(async () => {
      place = await harness.open();
      setting.place = place;
      setting.counter = await place.connect();
      setting.other = await place.connect();
    });

    afterEach(async () => {
      const opened = place;
      place = undefined;
      await opened?.close();
    });

    additionCases(setting);
    answerCases(setting);
    rangeCases(setting);
    onceCases(setting);
    resetCases(setting);
    readCases(setting);
    nameCases(setting);
    abortCases(setting);
    closingCases(setting);
    lostReplyCases(setting);
    modelCases(setting);
  });
}
