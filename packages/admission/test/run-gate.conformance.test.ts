/** The gate of one process keeps what every gate promises. */
import { type RunGate, runGate } from '@runafter/admission';
import { virtualClock } from '@runafter/clock';
import { describeGate } from '@runafter/clock/conformance';

describeGate('runGate', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    let gate: RunGate | undefined;
    return {
      async connect(options) {
        gate ??= runGate({ ...options, clock });
        return gate;
      },
      async look() {
        const { running = 0, waiting = 0, outside = 0 } = gate ?? {};
        return { running, waiting: waiting + outside };
      },
      clock,
      close: async () => {},
    };
  },
  // Whoever shares it is in the same process: nothing is between them and the gate.
  capabilities: { expiry: false, separateConnections: false, faults: false, processes: false },
});
