/**
 * The suite of gates on a sound gate and on each planted fault: a test file that is to fail, and so is run by
 * itself. Read next: suite-finds-faults.test.ts, which reads how it came out.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { describeGate } from '@runafter/clock/conformance';
import { beforeEach, type TestContext, vi } from 'vitest';
import { type GateFault, gateFaults, needsNetwork } from './planted-faults.ts';
import { faultyConnection, PlantedGate } from './planted-gate.ts';
import { PlantedGateService } from './planted-gate-service.ts';

/** Of a gate with a fault, only the test that has to find it is played. */
beforeEach(({ task, skip }: TestContext) => {
  const [suite = ''] = task.fullTestName.split(' > ');
  const finder: string | undefined = gateFaults[suite.slice('Gate: '.length) as GateFault];
  skip(finder !== undefined && !task.name.includes(finder));
});

plant('no fault', undefined, 60_000);
// What hangs is a fault that was found.
const testTimeout = 150;
vi.setConfig({ testTimeout });
for (const fault of Object.keys(gateFaults)) plant(fault, fault as GateFault, testTimeout);

function plant(name: string, fault: GateFault | undefined, longest: number): void {
  describeGate(name, {
    seed: 1,
    longest,
    async open() {
      const clock = virtualClock({ autoAdvance: true });
      const service = new PlantedGateService(clock, fault);
      return {
        connect: async (options) => new PlantedGate(service, options, clock, fault),
        connectFaulty: async (options) =>
          faultyConnection(new PlantedGate(service, options, clock, fault)),
        look: async () => service.look(),
        clock,
        close: async () => {},
      };
    },
    // All of it is in one process. The scenes are played together, so not where none of them is wanted.
    capabilities: {
      processes: false,
      ...(!needsNetwork(fault) && { faults: false, expiry: false }),
    },
  });
}
