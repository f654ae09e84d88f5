/**
 * The Semaphore port: of a name there are so many permits, on however many machines, and each expires with
 * its holder.
 *
 * Every semaphore promises what a lock does of waiting, of losses and of leaving nothing behind; and:
 *
 * - The weights of the permits of a name that are held by their own `assertHeld()` never add up to more than
 *   the limit of whoever was granted last.
 * - Where the backend keeps who waits in order, nobody overtakes a waiter only because a smaller weight would
 *   fit.
 *
 * There is no token: with several holders at a time, nobody could say whose write comes too late.
 * @module
 */
import type { AcquireOptions, Held, TryAcquireOptions } from './lock-port.ts';

/** The right to be one of so many, until it is released or lost. */
export interface SemaphorePermit extends Held {
  /** How many of the permits it takes. */
  readonly weight: number;
}

interface Weighted {
  /** How many permits it takes: a whole number, from 1 up to all that there are. Default 1. */
  readonly weight?: number | undefined;
}

/** Options of {@link Semaphore.tryAcquire}. */
export interface TryPermitOptions extends TryAcquireOptions, Weighted {}

/** Options of {@link Semaphore.acquire}. */
export interface PermitOptions extends AcquireOptions, Weighted {}

/** See the module's header for what every semaphore promises. Names are as those of a Lock. */
export interface Semaphore extends AsyncDisposable {
  /** What errors call it, such as `Redis semaphores "shop:"`. */
  readonly name: string;
  /** How many permits each name has. */
  readonly permits: number;
  /**
   * Waits for a permit.
   *
   * @throws {LockTimeoutError} `LOCK_TIMEOUT`
   * @throws {LockNameError} `LOCK_NAME_INVALID`
   * @throws {LockOptionError} `LOCK_OPTION_INVALID`: a weight or a ttl that can never be granted.
   * @throws {ServiceError} what will not pass by waiting, such as `SERVICE_REFUSED`.
   * @example
   * await using permit = await semaphore.acquire('crm-api');
   * await callCrm({ signal: permit.signal });
   */
  acquire(name: string, options?: PermitOptions): Promise<SemaphorePermit>;
  /** A permit if there is one and nobody is known to wait; else undefined. Asks once. Throws as acquire(). */
  tryAcquire(name: string, options?: TryPermitOptions): Promise<SemaphorePermit | undefined>;
  /** As {@link Lock.close}. */
  close(): Promise<void>;
}
