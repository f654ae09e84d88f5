/**
 * The suite on a sound limiter and on each planted fault: a test file that is to fail, and so is run by itself.
 * Read next: suite-finds-faults.test.ts, which reads how it came out.
 */
import { virtualClock } from '@runafter/clock';
import { describeLimiter, type LimiterPlace } from '@runafter/clock/conformance';
import { beforeEach, expect } from 'vitest';
import { limiterFaults, networkFaults, serverFaults } from './planted-faults.ts';
import { type LimiterFault, PlantedLimiter } from './planted-limiter.ts';
import { PlantedServer, type ServerFault } from './planted-server.ts';

const expected = new Map(Object.entries({ ...serverFaults, ...limiterFaults }));

// Only the test that has to find a fault is played: many others would wait for what never comes.
beforeEach(({ skip }) => {
  const [suite = '', ...titles] = (expect.getState().currentTestName ?? '').split(' > ');
  const test = expected.get(suite.replace('Limiter: ', ''));
  skip(test !== undefined && !titles.join(' > ').includes(test), 'another test has to find it');
});

plant('no fault');
for (const fault of Object.keys(serverFaults)) plant(fault, fault as ServerFault);
for (const fault of Object.keys(limiterFaults)) plant(fault, undefined, fault as LimiterFault);

function plant(name: string, serverFault?: ServerFault, limiterFault?: LimiterFault): void {
  const open = async (): Promise<LimiterPlace> => {
    const clock = virtualClock({ autoAdvance: true });
    const server = new PlantedServer(clock, serverFault);
    const connect: LimiterPlace['connect'] = async (options) =>
      new PlantedLimiter(server, options, clock, limiterFault);
    return {
      connect,
      look: async () => server.look(),
      async connectFaulty(options) {
        const limiter = new PlantedLimiter(server, options, clock, limiterFault);
        const { loseReply, stall, cut, heal } = limiter;
        return { limiter, loseReply, stall, cut, heal };
      },
      // As far as the others can see, a process that is dead or stands still is one that is cut off.
      async startProcess(options, weight) {
        const limiter = new PlantedLimiter(server, options, clock, limiterFault);
        const permit = limiter.acquire({ weight });
        return {
          granted: permit.then(
            () => {},
            () => {},
          ),
          kill: async () => limiter.cut(),
          pause: limiter.cut,
          resume: limiter.heal,
          leave: async () => (await permit).release(),
        };
      },
      clock,
      async close() {
        server.ended = true;
      },
    };
  };
  const network = !expected.has(name) || networkFaults.has(name);
  const capabilities = { expiry: network, faults: network, processes: network };
  describeLimiter(name, { seed: 1, open, capabilities });
}
