/** The plain limiter of one process keeps what every limiter promises. */
import { type ConcurrencyLimiter, concurrencyLimiter, virtualClock } from '@runafter/clock';
import { describeLimiter } from '@runafter/clock/conformance';

describeLimiter('concurrencyLimiter', {
  async open() {
    let limiter: ConcurrencyLimiter | undefined;
    return {
      async connect({ concurrency = 1 }) {
        limiter ??= concurrencyLimiter(concurrency);
        return limiter;
      },
      look: async () => ({ active: limiter?.active ?? 0, waiting: limiter?.waiting ?? 0 }),
      clock: virtualClock({ autoAdvance: true }),
      close: async () => {},
    };
  },
  // It is of one process, and knows no time.
  capabilities: {
    ...{ rates: false, room: false, closes: false },
    ...{ separateConnections: false, expiry: false, faults: false, processes: false },
  },
});
