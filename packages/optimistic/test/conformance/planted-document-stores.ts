/**
 * The suite on a sound driver and on each planted fault: a test file that is to fail, and so is run by
 * itself. Read next: suite-finds-faults.test.ts, which reads how it came out.
 * @module
 */
import { type DocumentStoreOptions, documentStore } from '@runafter/optimistic';
import { type DocumentStorePlace, describeDocumentStore } from '@runafter/optimistic/conformance';
import { vi } from 'vitest';
import {
  type DriverFault,
  PlantedDocumentDriver,
  type PlantedDriverOptions,
  PlantedPlace,
} from './planted-document-driver.ts';
import { driverFaults, storeFaults } from './planted-faults.ts';
import { type StoreFault, withStoreFault } from './planted-store-faults.ts';

plant('no fault', {});
// What hangs is a fault that was found.
vi.setConfig({ testTimeout: 1_500 });
for (const fault of Object.keys(driverFaults)) plant(fault, { fault: fault as DriverFault });
for (const fault of Object.keys(storeFaults)) plant(fault, { store: fault as StoreFault });

describeDocumentStore('a driver that keeps no facts', {
  seed: 1,
  open: async () => open({ keepsFacts: false }),
  capabilities: { fences: false, writeIds: false },
});
describeDocumentStore('a driver that only reads and replaces', {
  seed: 1,
  open: async () => open({ keepsFacts: false }),
  capabilities: {
    create: false,
    remove: false,
    list: false,
    fences: false,
    writeIds: false,
    anyKey: false,
    anyValue: false,
    nulCharacters: false,
    lostReplies: false,
  },
});

interface Planted extends PlantedDriverOptions {
  readonly store?: StoreFault;
}

function plant(name: string, planted: Planted): void {
  describeDocumentStore(name, { seed: 1, open: async () => open(planted) });
}

function open(planted: Planted): DocumentStorePlace {
  const place = new PlantedPlace();
  const stores: { close(): Promise<void> }[] = [];
  return {
    connect: async (options) => connect(options).store,
    async connectFaulty(options) {
      const { store, driver } = connect(options);
      return { store, loseReply: (meanwhile) => driver.loseReply(meanwhile) };
    },
    async seed(key, value) {
      await connect().store.create(key, value as never);
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
    },
  };

  function connect<T>(options?: DocumentStoreOptions<T>) {
    const driver = new PlantedDocumentDriver(place, planted);
    const sound = documentStore<T>(driver, options);
    const store = planted.store === undefined ? sound : withStoreFault(sound, planted.store);
    stores.push(store);
    return { store, driver };
  }
}
