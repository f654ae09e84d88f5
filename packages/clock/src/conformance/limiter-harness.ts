/**
 * What a driver brings to the suite of the Limiter port: a place that has one limiter, as many connections to it
 * as the suite asks for, a look behind it, a network that fails on command, and other processes.
 * @module
 */
import type { Clock } from '../clock.ts';
import type { Limiter } from '../limiter.ts';

/** A rate as the suite asks for it. */
export interface LimiterRate {
  readonly calls: number;
  /** Milliseconds. */
  readonly per: number;
  readonly model: 'sliding-window' | 'fixed-window' | 'token-bucket';
  /** Of a token bucket. */
  readonly burst?: number;
}

/**
 * What the suite asks of a limiter, to be handed to the factory as it is. The same for all connections of a place.
 * Who does not claim `rates` or `room` is asked for nothing but a concurrency, and a ttl where it claims `expiry`.
 */
export interface LimiterConnectOptions {
  /** How much may be under way at once, over all connections. */
  readonly concurrency?: number;
  /** For who claims `rates`. */
  readonly rate?: LimiterRate | readonly LimiterRate[];
  /** Milliseconds. For who claims `rates`. */
  readonly spacing?: number;
  /** How many callers may wait on a connection. For who claims `room`. */
  readonly waiting?: number;
  /** What becomes of a caller who finds the room full. For who claims `room`. */
  readonly whenFull?: 'reject' | 'wait';
  /** Milliseconds after which what is held by somebody who is not heard of comes back. For who claims `expiry`. */
  readonly ttl?: number;
}

/** A limiter that may have to be closed. */
export interface ClosableLimiter extends Limiter {
  close?(): Promise<void>;
}

/** What a limiter holds, over all connections. */
export interface LimiterLook {
  /** The weight of all permits that are held. */
  readonly active: number;
  /**
   * How many stand in line. Of several who wait on one connection, all may be counted or the first alone: the
   * suite looks only while at most one waits on each.
   */
  readonly waiting: number;
}

/** Where one limiter is kept: a key prefix, a variable. */
export interface LimiterPlace {
  /**
   * One more connection to the limiter, with a client of its own, as another process would have it. The suite
   * uses up to four side by side. A limiter that only one process has is the same object each time.
   */
  connect(options: LimiterConnectOptions): Promise<ClosableLimiter>;
  /** What the limiter holds now. The suite sees by it that a caller stands in line, so it is asked often. */
  look(): Promise<LimiterLook>;
  /** A connection over a network that fails on command. Only for who claims `faults`. */
  connectFaulty?(options: LimiterConnectOptions): Promise<FaultyLimiterConnection>;
  /** Another process, which acquires a permit of this weight and holds it. Only for who claims `processes`. */
  startProcess?(options: LimiterConnectOptions, weight: number): Promise<LimiterProcess>;
  /** What its limiters were given as their clock, and what its backend counts by. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every connection, ends every process and takes the place away. */
  close(): Promise<void>;
}

/** A connection over a network that fails on command, such as the fault proxy of `@runafter/testkit`. */
export interface FaultyLimiterConnection {
  readonly limiter: ClosableLimiter;
  /**
   * The next request is carried out by the service, and its reply is thrown away: the client sees the
   * connection end. Requests that are sent afterwards are answered again.
   */
  readonly loseReply: () => void;
  /** From now on the service gets requests, and none of its replies arrives. */
  readonly stall: () => void;
  /** Ends all connections, and no new one can be made. */
  readonly cut: () => void;
  /** Ends what `stall` or `cut` has begun; replies that were held back arrive. */
  readonly heal: () => void;
}

/** A process that was started, and has asked for its permit. */
export interface LimiterProcess {
  /** Resolves when it has the permit. Never rejects: a process may be ended before. */
  readonly granted: Promise<void>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP: it keeps its connections, and does nothing. */
  pause(): void;
  /** Lets it go on with SIGCONT. */
  resume(): void;
  /** Releases its permit and closes its limiter; resolves when it has ended by itself. */
  leave(): Promise<void>;
}

/**
 * What a driver can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name.
 *
 * - `priorities`: of those who wait on one connection, the highest priority is let in first.
 * - `fifo`: who waits is let in in the order of coming, over all connections.
 * - `rates`: it keeps to rates of all three models and to a spacing, with a concurrency or without.
 * - `room`: its waiting room is bounded, and whoever finds it full is refused, or waits outside.
 * - `closes`: it has `close()`, which ends every wait.
 * - `separateConnections`: closing one connection leaves the limiter open for the others.
 * - `expiry`: who is not heard of loses what it holds after the ttl. What only one process uses has none.
 * - `faults`: no promise of the driver, but of its harness: the place has `connectFaulty`.
 * - `processes`: the same: the place has `startProcess`.
 */
export interface LimiterCapabilities {
  readonly priorities: boolean;
  readonly fifo: boolean;
  readonly rates: boolean;
  readonly room: boolean;
  readonly closes: boolean;
  readonly separateConnections: boolean;
  readonly expiry: boolean;
  readonly faults: boolean;
  readonly processes: boolean;
}

/** See the module's header. */
export interface LimiterHarness {
  /** A fresh place with an unused limiter. Called for each test, and for several at the same time. */
  open(): Promise<LimiterPlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<LimiterCapabilities>;
  /** The shortest ttl in milliseconds that can be used, also while the machine is busy. Default 1000. */
  readonly shortestTtl?: number;
  /**
   * The `per` of the rates in milliseconds that the suite asks for. Where a backend has to be asked for each
   * permit it should be a multiple of how long that takes on a busy machine. Default 300.
   */
  readonly per?: number;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
