/**
 * Locks and semaphores in this process's memory: for tests, and for what only this process does.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { type LockOptions, leaseLock } from './lease-lock.ts';
import { leaseSemaphore, type SemaphoreOptions } from './lease-semaphore.ts';
import type { Lock } from './lock-port.ts';
import { MemoryLeases } from './memory-leases.ts';
import type { Semaphore } from './semaphore-port.ts';

/**
 * Makes a lock in memory. Whoever should wait for each other uses the same object.
 *
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const lock = memoryLock();
 * await withLock(lock, 'ledger', () => settle());
 */
export function memoryLock(options: LockOptions = {}): Lock {
  return leaseLock(new MemoryLeases('Locks in memory', 1, options.clock ?? systemClock), options);
}

/**
 * Makes a semaphore in memory. Whoever should share the permits uses the same object.
 *
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const semaphore = memorySemaphore({ permits: 5 });
 * await using permit = await semaphore.acquire('crm-api');
 */
export function memorySemaphore(options: SemaphoreOptions): Semaphore {
  const clock = options.clock ?? systemClock;
  return leaseSemaphore(
    (permits) => new MemoryLeases('Semaphores in memory', permits, clock),
    options,
  );
}
