/**
 * Locks that cannot lie: leases that say when they are lost, with tokens that stores can compare; and
 * semaphores on the same machinery.
 * @module
 */
export type {
  AcquireRequest,
  Busy,
  Granted,
  LeaseDriver,
  LeaseRequest,
  TtlBounds,
  Watch,
} from './lease-driver.ts';
export { type LockOptions, leaseLock, type TokenSource } from './lease-lock.ts';
export { leaseSemaphore, type SemaphoreOptions } from './lease-semaphore.ts';
export type { LeasingOptions } from './leasing.ts';
export { LockNameError, LockOptionError, LockTimeoutError } from './lock-errors.ts';
export type {
  AcquireOptions,
  Held,
  Lease,
  LeaseGroup,
  LeasesOf,
  Lock,
  TryAcquireOptions,
} from './lock-port.ts';
export { memoryLock, memorySemaphore } from './memory-lock.ts';
export type {
  PermitOptions,
  Semaphore,
  SemaphorePermit,
  TryPermitOptions,
} from './semaphore-port.ts';
export { withLock } from './with-lock.ts';
