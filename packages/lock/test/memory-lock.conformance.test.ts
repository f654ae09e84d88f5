/** The locks in memory keep what every lock promises. */
import { virtualClock } from '@runafter/clock';
import { leaseLock } from '@runafter/lock';
import { describeLock } from '@runafter/lock/conformance';
import { MemoryLeases } from '../src/memory-leases.ts';
import { NetworkedLeases } from './conformance/networked-leases.ts';

describeLock('memoryLock', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    // What memoryLock makes of its options, but several share it.
    const leases = new MemoryLeases('Locks in memory', 1, clock);
    return {
      connect: async (options) => leaseLock(leases, { ...options, clock }),
      async connectFaulty(options) {
        const network = new NetworkedLeases(leases, clock);
        const { loseReply, stall, cut, heal } = network;
        const lock = leaseLock(network, { ...options, clock });
        return { lock, loseReply, stall, cut, heal };
      },
      breakLease: async (name) => leases.break(name),
      clock,
      close: async () => {},
    };
  },
  // Other processes have a memory of their own.
  capabilities: { processes: false },
});
