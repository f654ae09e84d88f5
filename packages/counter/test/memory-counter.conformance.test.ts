/** The counters in memory keep what every counter promises. */
import { virtualClock } from '@runafter/clock';
import { memoryCounter } from '@runafter/counter';
import { describeCounter } from '@runafter/counter/conformance';

describeCounter('memoryCounter', {
  async open() {
    const clock = virtualClock();
    const shared = memoryCounter({ clock });
    return {
      connect: async (options) => (options ? memoryCounter({ ...options, clock }) : shared),
      passTime: (ms) => clock.advance(ms),
      close: () => shared.close(),
    };
  },
  // Whoever should see the same numbers uses the same object, and nothing is between him and it.
  capabilities: { separateConnections: false, lostReplies: false },
});
