/** The pools in documents keep what every store of pools promises. */
import { documentPools, type PoolDocument } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { virtualClock } from '@runafter/clock';
import { memoryDocumentStore } from '@runafter/optimistic';
import { NetworkedPools } from './conformance/networked-pools.ts';

describeClaims('documentPools on memoryDocumentStore', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    const documents = memoryDocumentStore<PoolDocument>();
    const open = () => new NetworkedPools(documentPools(documents, { clock }), clock);
    return {
      connect: async () => open(),
      async connectFaulty() {
        const store = open();
        const { loseReply, stall, cut, heal } = store;
        return { store, loseReply, stall, cut, heal };
      },
      clock,
      close: async () => {},
    };
  },
  // Each store tells its own releases only. Other processes have a memory of their own.
  capabilities: { fifo: false, wakes: false, processes: false },
});
