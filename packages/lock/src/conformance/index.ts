/**
 * `@runafter/lock/conformance`: what every lock and every semaphore must do, as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeLock, describeSemaphore } from '@runafter/lock/conformance';
 * @module
 */
export { describeLock } from './describe-lock.ts';
export { describeSemaphore } from './describe-semaphore.ts';
export type {
  FaultyLockConnection,
  FaultyNetwork,
  LeaseLook,
  LockCapabilities,
  LockConnectOptions,
  LockHarness,
  LockPlace,
  LockProcess,
  LockProcessTask,
} from './lock-harness.ts';
export type {
  FaultySemaphoreConnection,
  SemaphoreCapabilities,
  SemaphoreConnectOptions,
  SemaphoreHarness,
  SemaphorePlace,
} from './semaphore-harness.ts';
