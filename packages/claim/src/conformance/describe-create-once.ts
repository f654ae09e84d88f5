/**
 * The suite of createOnce() and createIfAbsent(): what they promise, as tests, for every store of documents.
 *
 * It asks what the suite of document stores does not: several machines that create the same at the same time, and
 * creators that fail, die or take long.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { createIfAbsentCases } from './create-if-absent-cases.ts';
import { createOnceCases } from './create-once-cases.ts';
import type {
  CreateOnceCapabilities,
  CreateOnceHarness,
  CreateOncePlace,
} from './create-once-harness.ts';
import type { CreateOnceSetting } from './create-once-setting.ts';
import { takeoverCases } from './takeover-cases.ts';

const everything: CreateOnceCapabilities = { writeIds: true, anyKey: true, lostReplies: true };

/**
 * Declares the tests that every store of documents has to pass for createOnce(). To be called at the top of a test
 * file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeCreateOnce('sqliteDocumentStore', {
 *   async open() {
 *     const file = join(mkdtempSync(join(tmpdir(), 'orders-')), 'orders.db');
 *     const stores: AsyncDisposable[] = [];
 *     return {
 *       async connect() {
 *         const store = sqliteDocumentStore<never>(file);
 *         stores.push(store);
 *         return store;
 *       },
 *       async close() {
 *         for (const store of stores) await store[Symbol.asyncDispose]();
 *       },
 *     };
 *   },
 *   capabilities: { lostReplies: false },
 * });
 */
export function describeCreateOnce(driver: string, harness: CreateOnceHarness): void {
  describe(`CreateOnce: ${driver}`, () => {
    const ttl = harness.shortestTtl ?? 1_000;
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      ttl,
      roomyTtl: Math.max(ttl, 3_000),
    } as Partial<CreateOnceSetting> as CreateOnceSetting;
    let place: CreateOncePlace | undefined;

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

    createOnceCases(setting);
    takeoverCases(setting);
    createIfAbsentCases(setting);
  });
}
