/**
 * What a driver brings to the suite of the Semaphore port; as lock-harness.ts, where the words are explained.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { SemaphoreOptions } from '../lease-semaphore.ts';
import type { Semaphore } from '../semaphore-port.ts';
import type { FaultyNetwork } from './lock-harness.ts';

/** What the suite asks of a connection, to be handed to the factory as it is. */
export type SemaphoreConnectOptions = Pick<
  SemaphoreOptions,
  'permits' | 'ttl' | 'wait' | 'poll' | 'holder' | 'random'
>;

/** Where the permits of names are kept. */
export interface SemaphorePlace {
  /** One more connection to the place, with a client of its own. The suite uses up to ten side by side. */
  connect(options: SemaphoreConnectOptions): Promise<Semaphore>;
  /** A connection over a network that fails on command. Only for who claims `faults`. */
  connectFaulty?(options: SemaphoreConnectOptions): Promise<FaultySemaphoreConnection>;
  /** Takes the name away from all who hold it. The suite calls it with short names only. */
  breakLease?(name: string): Promise<void>;
  /** What its semaphores were given as their clock, and what its backend counts by. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every connection and takes the place away. */
  close(): Promise<void>;
}

/** A connection over a {@link FaultyNetwork}. */
export interface FaultySemaphoreConnection extends FaultyNetwork {
  readonly semaphore: Semaphore;
}

/**
 * What a driver can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name. The names mean what they mean for locks.
 */
export interface SemaphoreCapabilities {
  readonly fifo: boolean;
  readonly wakes: boolean;
  readonly breakable: boolean;
  readonly separateConnections: boolean;
  readonly faults: boolean;
}

/** See the module's header. */
export interface SemaphoreHarness {
  /** A fresh, empty place. Called once for each test. */
  open(): Promise<SemaphorePlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<SemaphoreCapabilities>;
  /** The shortest ttl in milliseconds that can be used while a machine is busy. Default 1000. */
  readonly shortestTtl?: number;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
