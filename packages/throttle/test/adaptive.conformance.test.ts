/** The adaptive limiter keeps what every limiter promises. */
import { virtualClock } from '@runafter/clock';
import { describeLimiter } from '@runafter/clock/conformance';
import { type Adaptive, adaptive } from '@runafter/throttle';

describeLimiter('adaptive', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    let opened: Adaptive | undefined;
    return {
      async connect({ concurrency = 50 }) {
        opened ??= adaptive({ start: concurrency, min: concurrency, max: concurrency, clock });
        return opened;
      },
      async look() {
        const { inFlight = 0, waiting = 0 } = opened?.inspect() ?? {};
        return { active: inFlight, waiting };
      },
      clock,
      close: async () => {},
    };
  },
  // It finds out what a service takes, and has nothing to be told and nothing to be closed.
  capabilities: {
    rates: false,
    room: false,
    closes: false,
    separateConnections: false,
    expiry: false,
    faults: false,
    processes: false,
  },
});
