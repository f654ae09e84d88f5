/**
 * What a driver brings to the suite of the Lock port: a place for locks, as many connections to it as the
 * suite asks for, a network that fails on command, an operator who takes locks away, and other processes.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { LockOptions } from '../lease-lock.ts';
import type { Lock } from '../lock-port.ts';

/**
 * What the suite asks of a connection, to be handed to the factory as it is. By `random` the suite sees that
 * somebody has begun to wait.
 */
export type LockConnectOptions = Pick<
  LockOptions,
  'ttl' | 'wait' | 'poll' | 'holder' | 'random' | 'tokens'
>;

/** Where locks are kept: a key prefix, a table, a container, a Map. */
export interface LockPlace {
  /**
   * One more connection to the place, with a client of its own, as another process would have it. The suite
   * uses up to ten side by side.
   */
  connect(options?: LockConnectOptions): Promise<Lock>;
  /** A connection over a network that fails on command. Only for who claims `faults`. */
  connectFaulty?(options?: LockConnectOptions): Promise<FaultyLockConnection>;
  /**
   * Takes the name away from whoever holds it, as an operator does: the key is deleted, the lease of the blob
   * is broken, the session is ended. The suite calls it with short names only, while somebody holds them.
   */
  breakLease?(name: string): Promise<void>;
  /** Another process, with a connection of its own to this place. Only for who claims `processes`. */
  startProcess?(task: LockProcessTask): Promise<LockProcess>;
  /** What its locks were given as their clock, and what its backend counts by. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every connection, ends every process and takes the place away. */
  close(): Promise<void>;
}

/** A network that fails on command, such as the fault proxy of `@runafter/testkit`. */
export interface FaultyNetwork {
  /**
   * The next request is carried out by the service, and its reply is thrown away: the client sees the
   * connection end. Requests that are sent afterwards are answered again.
   *
   * @param meanwhile - what others do after that, before the client gets through to the service again.
   * @example
   * loseReply(meanwhile) {
   *   void proxy.loseNextReply().then(async () => {
   *     proxy.refuse();
   *     await meanwhile?.();
   *     proxy.heal();
   *   });
   * }
   */
  readonly loseReply: (meanwhile?: () => Promise<void>) => void;
  /** From now on the service gets requests, and none of its replies arrives: `proxy.blackHole('toClient')`. */
  readonly stall: () => void;
  /** Ends all connections, and no new one can be made: `proxy.refuse()`, `proxy.cut()`. */
  readonly cut: () => void;
  /** Ends what `stall` or `cut` has begun; replies that were held back arrive. */
  readonly heal: () => void;
}

/** A connection over a {@link FaultyNetwork}. */
export interface FaultyLockConnection extends FaultyNetwork {
  readonly lock: Lock;
}

/** What another process does: it acquires a name and keeps it. */
export interface LockProcessTask {
  readonly name: string;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds. */
  readonly wait: number;
}

/** What a process finds when it looks at its lease: codes of errors, undefined for none. */
export interface LeaseLook {
  /** What the reason of its signal was, before `assertHeld` was called. */
  readonly signal: string | undefined;
  /** What `assertHeld` threw. */
  readonly assertHeld: string | undefined;
}

/** A process that was started, and is open: it has loaded everything, and asked for the name. */
export interface LockProcess {
  /** Resolves when it has been granted the name. Never rejects: a process may be ended before. */
  readonly granted: Promise<{ readonly token: bigint; readonly owner: string }>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP: it keeps its connections, and does nothing. */
  pause(): void;
  /** Lets it go on with SIGCONT. */
  resume(): void;
  /** What it finds now. */
  look(): Promise<LeaseLook>;
  /** Blocks its event loop for so many milliseconds; then it looks, before any timer of it has run. */
  stall(ms: number): Promise<LeaseLook>;
  /** Closes its lock, and waits for it to end by itself. */
  close(): Promise<void>;
}

/**
 * What a driver can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name.
 *
 * - `fifo`: who waits is granted in the order of coming, over all connections.
 * - `wakes`: a release wakes who waits on another connection, long before the poll would.
 * - `expiry`: a holder that is not heard of keeps the name for its ttl. A backend that ties leases to
 *   connections keeps it for as long as the connection is there, and no longer.
 * - `knowsHolder`: a LockTimeoutError tells who had it.
 * - `breakable`: an operator can take a lock away: the place has `breakLease`.
 * - `separateConnections`: closing one connection leaves the place open for the others.
 * - `faults`: no promise of the driver, but of its harness: the place has `connectFaulty`.
 * - `processes`: the same: the place has `startProcess`. What only one process uses has none.
 */
export interface LockCapabilities {
  readonly fifo: boolean;
  readonly wakes: boolean;
  readonly expiry: boolean;
  readonly knowsHolder: boolean;
  readonly breakable: boolean;
  readonly separateConnections: boolean;
  readonly faults: boolean;
  readonly processes: boolean;
}

/** See the module's header. */
export interface LockHarness {
  /**
   * A fresh, empty place. Called once for each test, so it should be cheap: another prefix, or a table that is
   * emptied. Clients may be kept for the next test.
   */
  open(): Promise<LockPlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<LockCapabilities>;
  /**
   * The shortest ttl in milliseconds that can be used, also while the machine is busy. Those tests that have to
   * wait for it do so at the same time, side by side in one place. Default 1000.
   */
  readonly shortestTtl?: number;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
