/**
 * What a backend brings to the suite of pools: a place, as many stores of it as the suite asks for, a network
 * that fails on command, and other processes.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { FaultyNetwork } from '@runafter/lock/conformance';
import type { PoolStore } from '../pool-store.ts';

/** Where pools are kept: a key prefix, a table, a container, a Map. */
export interface PoolPlace {
  /**
   * One more store of the place, with a client of its own, as another machine would have it. The suite uses up to
   * six side by side.
   */
  connect(): Promise<PoolStore>;
  /** A store over a network that fails on command. Only for who claims `faults`. */
  connectFaulty?(): Promise<FaultyPoolConnection>;
  /** Another process, with a store of its own of this place. Only for who claims `processes`. */
  startProcess?(task: PoolProcessTask): Promise<PoolProcess>;
  /** By which the stores count, and by which the suite waits. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every store, ends every process and takes the place away. */
  close(): Promise<void>;
}

/** A store over a network that fails on command; see the FaultyNetwork of locks. */
export interface FaultyPoolConnection extends FaultyNetwork {
  readonly store: PoolStore;
}

/** What another process does: it claims from a pool that is there already, and keeps what it gets. */
export interface PoolProcessTask {
  readonly pool: string;
  /** The operation that claims; undefined: it takes a lease. */
  readonly once?: string | undefined;
  /** Of a lease, in milliseconds. */
  readonly ttl: number;
  /** Milliseconds. */
  readonly wait: number;
}

/** A process that was started, and is open: it has loaded everything, and claimed. */
export interface PoolProcess {
  /** Resolves when it has been given something. Never rejects: a process may be ended before. */
  readonly claimed: Promise<{ readonly resource: unknown; readonly token: bigint }>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP: it keeps its connections, and does nothing. */
  pause(): void;
  /** Lets it go on with SIGCONT. */
  resume(): void;
  /** The code of what its lease's `assertHeld` throws now; undefined for nothing. */
  look(): Promise<string | undefined>;
  /** Closes its pool and its store, and waits for it to end by itself. */
  close(): Promise<void>;
}

/**
 * What a store can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name.
 *
 * - `fifo`: who waits is given something in the order of coming, over all stores: the store `queues`.
 * - `wakes`: a release wakes who waits on another store, long before the poll would.
 * - `anyName`: every name of a pool that the port allows. Without it the suite uses `licences-17` and the like.
 * - `separateStores`: closing one store leaves the place open for the others.
 * - `faults`: no promise of the store, but of its harness: the place has `connectFaulty`.
 * - `processes`: the same: the place has `startProcess`. What only one process uses has none.
 */
export interface PoolCapabilities {
  readonly fifo: boolean;
  readonly wakes: boolean;
  readonly anyName: boolean;
  readonly separateStores: boolean;
  readonly faults: boolean;
  readonly processes: boolean;
}

/** See the module's header. */
export interface PoolHarness {
  /**
   * A fresh, empty place. Called once for each test, so it should be cheap: another prefix, or a table that is
   * emptied. Clients may be kept for the next test.
   */
  open(): Promise<PoolPlace>;
  /** What the store can do. Default: everything. */
  readonly capabilities?: Partial<PoolCapabilities>;
  /**
   * The shortest ttl in milliseconds that can be used, also while the machine is busy. Those tests that have to
   * wait for it do so at the same time, side by side in one place. Default 1000.
   */
  readonly shortestTtl?: number;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
