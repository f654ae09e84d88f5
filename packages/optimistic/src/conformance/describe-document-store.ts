/**
 * The suite of the DocumentStore port: each promise of document-port.ts, document-driver.ts and fence.ts
 * as tests, for every driver.
 *
 * A driver's conformance file is a call and a harness. The tests are about what several processes do to
 * one place at the same time; each subject has a file of its own beside this one.
 * @module
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { abortCases } from './abort-cases.ts';
import { closingCases } from './closing-cases.ts';
import { creationCases } from './creation-cases.ts';
import type {
  DocumentStoreCapabilities,
  DocumentStoreHarness,
  DocumentStorePlace,
  Parcel,
} from './document-store-harness.ts';
import { fenceCases } from './fence-cases.ts';
import { fenceRaceCases } from './fence-race-cases.ts';
import { historyCases } from './history-cases.ts';
import { keyCases } from './key-cases.ts';
import { listingCases } from './listing-cases.ts';
import { lostReplyCases } from './lost-reply-cases.ts';
import { modelCases } from './model-cases.ts';
import { recentWriteCases } from './recent-write-cases.ts';
import { removalCases } from './removal-cases.ts';
import { replacementCases } from './replacement-cases.ts';
import { schemaCases } from './schema-cases.ts';
import type { Setting } from './setting.ts';
import { tombstoneCases } from './tombstone-cases.ts';
import { updateCases } from './update-cases.ts';
import { valueCases } from './value-cases.ts';

const everything: DocumentStoreCapabilities = {
  create: true,
  remove: true,
  list: true,
  fences: true,
  writeIds: true,
  anyKey: true,
  anyValue: true,
  nulCharacters: true,
  separateConnections: true,
  lostReplies: true,
};

/**
 * Declares the tests that every store of documents has to pass. To be called at the top of a test file.
 *
 * @param driver - the name of the factory, for the report; what sets this one apart may follow in words.
 * @example
 * describeDocumentStore('redisDocumentStore', {
 *   async open() {
 *     const prefix = `${crypto.randomUUID()}:`;
 *     const stores: DocumentStore<unknown>[] = [];
 *     return {
 *       async connect(options) {
 *         const store = redisDocumentStore(url, { ...options, prefix });
 *         stores.push(store);
 *         return store;
 *       },
 *       async close() {
 *         await Promise.all(stores.map((store) => store.close()));
 *       },
 *     };
 *   },
 *   capabilities: { lostReplies: false },
 * });
 */
export function describeDocumentStore(driver: string, harness: DocumentStoreHarness): void {
  describe(`DocumentStore: ${driver}`, () => {
    const setting = {
      capabilities: { ...everything, ...harness.capabilities },
      seed: harness.seed,
      many: (harness.pageSize ?? 50) * 2 + 20,
    } as Setting;
    let place: DocumentStorePlace | undefined;

    beforeEach(async () => {
      place = await harness.open();
      setting.place = place;
      setting.store = await place.connect<Parcel>();
      setting.other = await place.connect<Parcel>();
    });

    afterEach(async () => {
      const opened = place;
      place = undefined;
      await opened?.close();
    });

    creationCases(setting);
    replacementCases(setting);
    removalCases(setting);
    listingCases(setting);
    keyCases(setting);
    valueCases(setting);
    schemaCases(setting);
    fenceCases(setting);
    tombstoneCases(setting);
    fenceRaceCases(setting);
    recentWriteCases(setting);
    abortCases(setting);
    closingCases(setting);
    lostReplyCases(setting);
    updateCases(setting);
    historyCases(setting);
    modelCases(setting);
  });
}
