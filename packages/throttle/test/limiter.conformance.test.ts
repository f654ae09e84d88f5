/** The limiter of one process keeps what every limiter promises. */
import { virtualClock } from '@runafter/clock';
import { describeLimiter } from '@runafter/clock/conformance';
import { type InProcessLimiter, limiter } from '@runafter/throttle';

describeLimiter('limiter', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    let opened: InProcessLimiter | undefined;
    return {
      async connect(options) {
        opened ??= limiter({ ...options, clock });
        return opened;
      },
      look: async () => ({ active: opened?.active ?? 0, waiting: opened?.waiting ?? 0 }),
      clock,
      close: async () => opened?.close(),
    };
  },
  // It is of one process: whoever shares it uses the same object, and it ends with its holders.
  capabilities: { separateConnections: false, expiry: false, faults: false, processes: false },
});
