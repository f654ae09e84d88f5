/** The semaphores in memory keep what every semaphore promises. */
import { virtualClock } from '@runafter/clock';
import { leaseSemaphore } from '@runafter/lock';
import { describeSemaphore } from '@runafter/lock/conformance';
import { MemoryLeases } from '../src/memory-leases.ts';
import { NetworkedLeases } from './conformance/networked-leases.ts';

describeSemaphore('memorySemaphore', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    const places = new Map<number, MemoryLeases>();
    const leasesOf = (permits: number) => {
      const leases =
        places.get(permits) ?? new MemoryLeases('Semaphores in memory', permits, clock);
      places.set(permits, leases);
      return leases;
    };
    return {
      // What memorySemaphore makes of its options, but several share it.
      connect: async (options) => leaseSemaphore(leasesOf, { ...options, clock }),
      async connectFaulty(options) {
        const network = new NetworkedLeases(leasesOf(options.permits), clock);
        const { loseReply, stall, cut, heal } = network;
        const semaphore = leaseSemaphore(() => network, { ...options, clock });
        return { semaphore, loseReply, stall, cut, heal };
      },
      async breakLease(name) {
        for (const leases of places.values()) leases.break(name);
      },
      clock,
      close: async () => {},
    };
  },
  // Whoever shares permits uses the same object, so nobody can have another limit.
  capabilities: { separateConnections: false },
});
