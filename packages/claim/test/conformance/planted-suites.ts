/**
 * The suites on a sound store and on each planted fault: a test file that is to fail, and so is run by itself.
 *
 * On a fault only those tests run that have to find it, which keeps this quick.
 * Read next: suite-finds-faults.test.ts, which reads how it came out.
 * @module
 */
import {
  type CreateOncePlace,
  describeClaims,
  describeCreateOnce,
  type PoolPlace,
} from '@runafter/claim/conformance';
import { virtualClock } from '@runafter/clock';
import { memoryDocumentStore } from '@runafter/optimistic';
import { beforeEach, vi } from 'vitest';
import { NetworkedDocuments } from './networked-documents.ts';
import { NetworkedPools } from './networked-pools.ts';
import { PlantedDocuments } from './planted-documents.ts';
import {
  type DocumentFault,
  documentFaults,
  type PoolFault,
  poolFaults,
} from './planted-faults.ts';
import { PlantedPlace, PlantedPools } from './planted-pools.ts';

const finders = new Map<string, readonly string[]>([
  ...Object.entries(poolFaults).map(
    ([fault, tests]) => [`Claims: ${fault}`, [tests].flat()] as const,
  ),
  ...Object.entries(documentFaults).map(
    ([fault, test]) => [`CreateOnce: ${fault}`, [test]] as const,
  ),
]);

beforeEach(({ task, skip }) => {
  const [suite = ''] = task.fullTestName.split(' > ');
  const isAsked = finders.get(suite)?.some((name) => task.name.includes(name)) ?? true;
  skip(!isAsked, 'does not have to find it');
});

plantPools('no fault', undefined);
plantDocuments('no fault', undefined);
// What hangs is a fault that was found.
vi.setConfig({ testTimeout: 1_500 });
for (const fault of Object.keys(poolFaults)) plantPools(fault, fault as PoolFault);
for (const fault of Object.keys(documentFaults)) plantDocuments(fault, fault as DocumentFault);

function plantPools(name: string, fault: PoolFault | undefined): void {
  const open = async (): Promise<PoolPlace> => {
    const clock = virtualClock({ autoAdvance: true });
    const place = new PlantedPlace();
    const connect = () => new NetworkedPools(new PlantedPools(place, clock, fault), clock);
    return {
      connect: async () => connect(),
      async connectFaulty() {
        const store = connect();
        const { loseReply, stall, cut, heal } = store;
        return { store, loseReply, stall, cut, heal };
      },
      clock,
      // Nothing of it is left but memory.
      close: async () => {},
    };
  };
  describeClaims(name, { seed: 1, open, capabilities: { processes: false } });
}

function plantDocuments(name: string, fault: DocumentFault | undefined): void {
  const open = async (): Promise<CreateOncePlace> => {
    const clock = virtualClock({ autoAdvance: true });
    const shared = memoryDocumentStore<never>();
    const network = () => {
      const isAlone = fault === 'keeps documents for itself';
      return new NetworkedDocuments(isAlone ? memoryDocumentStore<never>() : shared, clock);
    };
    return {
      connect: async () => new PlantedDocuments(network(), fault),
      async connectFaulty() {
        const faulty = network();
        return { store: new PlantedDocuments(faulty, fault), loseReply: faulty.loseReply };
      },
      clock,
      close: async () => {},
    };
  };
  describeCreateOnce(name, { open });
}
