/** The pools in memory keep what every store of pools promises. */
import { memoryPools } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { virtualClock } from '@runafter/clock';
import { NetworkedPools } from './conformance/networked-pools.ts';

describeClaims('memoryPools', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    const pools = memoryPools({ clock });
    return {
      connect: async () => new NetworkedPools(pools, clock),
      async connectFaulty() {
        const store = new NetworkedPools(pools, clock);
        const { loseReply, stall, cut, heal } = store;
        return { store, loseReply, stall, cut, heal };
      },
      clock,
      close: () => pools.close(),
    };
  },
  // It is the one store of its place, in one process.
  capabilities: { separateStores: false, processes: false },
});
