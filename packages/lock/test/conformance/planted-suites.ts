/**
 * The suites on a sound driver and on each planted fault: a test file that is to fail, and so is run by
 * itself. Read next: suite-finds-faults.test.ts, which reads how it came out.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { leaseLock, leaseSemaphore } from '@runafter/lock';
import {
  describeLock,
  describeSemaphore,
  type LockPlace,
  type SemaphorePlace,
} from '@runafter/lock/conformance';
import { vi } from 'vitest';
import { NetworkedLeases } from './networked-leases.ts';
import { driverFaults, lockFaults, semaphoreFaults } from './planted-faults.ts';
import { type DriverFault, PlantedLeases, PlantedPlace } from './planted-leases.ts';
import { type LockFault, withFault } from './planted-lock.ts';

plantLock('no fault', undefined, undefined);
plantSemaphore('no fault', undefined);
// What hangs is a fault that was found.
vi.setConfig({ testTimeout: 1_500 });
for (const fault of Object.keys(driverFaults)) plantLock(fault, fault as DriverFault, undefined);
for (const fault of Object.keys(lockFaults)) plantLock(fault, undefined, fault as LockFault);
for (const fault of Object.keys(semaphoreFaults)) plantSemaphore(fault, fault as DriverFault);

function plantLock(
  name: string,
  driverFault: DriverFault | undefined,
  lockFault: LockFault | undefined,
): void {
  const open = async (): Promise<LockPlace> => {
    const { clock, place, connect, close } = openPlace(driverFault);
    return {
      connect: async (options) =>
        withFault(leaseLock(connect(1), { ...options, clock }), lockFault),
      async connectFaulty(options) {
        const network = connect(1);
        const { loseReply, stall, cut, heal } = network;
        const lock = withFault(leaseLock(network, { ...options, clock }), lockFault);
        return { lock, loseReply, stall, cut, heal };
      },
      breakLease: async (broken) => place.break(broken),
      ...{ clock, close },
    };
  };
  describeLock(name, { seed: 1, open, capabilities: { processes: false } });
}

function plantSemaphore(name: string, fault: DriverFault | undefined): void {
  const open = async (): Promise<SemaphorePlace> => {
    const { clock, place, connect, close } = openPlace(fault);
    return {
      connect: async (options) => leaseSemaphore(connect, { ...options, clock }),
      async connectFaulty(options) {
        const network = connect(options.permits);
        const { loseReply, stall, cut, heal } = network;
        const semaphore = leaseSemaphore(() => network, { ...options, clock });
        return { semaphore, loseReply, stall, cut, heal };
      },
      breakLease: async (broken) => place.break(broken),
      ...{ clock, close },
    };
  };
  describeSemaphore(name, { seed: 1, open });
}

function openPlace(fault: DriverFault | undefined) {
  const clock = virtualClock({ autoAdvance: true });
  const place = new PlantedPlace();
  return {
    ...{ clock, place },
    connect: (permits: number) =>
      new NetworkedLeases(new PlantedLeases(place, permits, clock, fault), clock),
    // Nothing of it is left but memory.
    close: async () => {},
  };
}
