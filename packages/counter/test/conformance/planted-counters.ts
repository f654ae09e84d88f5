/**
 * The suite on a sound driver and on each planted fault: a test file that is to fail, and so is run by
 * itself. Read next: suite-finds-faults.test.ts, which reads how it came out.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type AtomicCounter, atomicCounter } from '@runafter/counter';
import {
  type CounterConnectOptions,
  type CounterPlace,
  describeCounter,
} from '@runafter/counter/conformance';
import { vi } from 'vitest';
import { type DriverFault, PlantedCounterDriver, PlantedPlace } from './planted-counter-driver.ts';
import { faults } from './planted-faults.ts';

plant('no fault', undefined);
// What hangs is a fault that was found.
vi.setConfig({ testTimeout: 1_500 });
for (const fault of Object.keys(faults)) plant(fault, fault as DriverFault);

function plant(name: string, fault: DriverFault | undefined): void {
  describeCounter(name, { seed: 1, open: async () => open(fault) });
}

function open(fault: DriverFault | undefined): CounterPlace {
  const clock = virtualClock();
  const place = new PlantedPlace(clock);
  const counters: AtomicCounter[] = [];
  return {
    connect: async (options) => connect(options).counter,
    async connectFaulty(options) {
      const { counter, driver } = connect(options);
      return { counter, loseReply: (meanwhile) => driver.loseReply(meanwhile) };
    },
    passTime: (ms) => clock.advance(ms),
    async close() {
      await Promise.all(counters.map((counter) => counter.close()));
    },
  };

  function connect(options?: CounterConnectOptions) {
    const driver = new PlantedCounterDriver(place, fault);
    // The waits before a lost addition is sent again are real: nobody advances the virtual clock then.
    const counter = atomicCounter(driver, { ...options });
    counters.push(counter);
    return { counter, driver };
  }
}
