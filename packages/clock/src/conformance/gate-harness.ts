/**
 * What a driver brings to the suite of the Gate port: a place that has one gate, as many connections to it as
 * the suite asks for, a look behind it, a network that fails on command, and other processes.
 * @module
 */
import type { Clock } from '../clock.ts';
import type { Gate } from '../limiter.ts';

/** What the suite asks of a gate, to be handed to the factory as it is. The same for all of a place. */
export interface GateConnectOptions {
  /** How many may be in at once, over all connections. */
  readonly concurrency: number;
  /** Places in the waiting room. */
  readonly waiting: number;
  /** What becomes of a caller who finds the room full. Default 'reject'. */
  readonly whenFull?: 'reject' | 'wait';
  /** Milliseconds after which the place of somebody who is not heard of is given away. For who claims `expiry`. */
  readonly ttl?: number;
}

/** A gate that can be closed. */
export interface ClosableGate extends Gate {
  close(): Promise<void>;
}

/** What a gate holds, over all connections. */
export interface GateLook {
  /** How many are in. */
  readonly running: number;
  /** How many wait, in the room or outside. */
  readonly waiting: number;
}

/** Where one gate is kept: a key prefix, a table, a Map. */
export interface GatePlace {
  /**
   * One more connection to the gate, with a client of its own, as another process would have it. The suite uses
   * up to six side by side. A gate that only one process has is the same object each time.
   */
  connect(options: GateConnectOptions): Promise<ClosableGate>;
  /** A connection over a network that fails on command. Only for who claims `faults`. */
  connectFaulty?(options: GateConnectOptions): Promise<FaultyGateConnection>;
  /** What the gate holds now. The suite sees by it that a caller stands in line, so it is asked often. */
  look(): Promise<GateLook>;
  /** Another process, which enters the gate and stays in. Only for who claims `processes`. */
  startProcess?(options: GateConnectOptions): Promise<GateProcess>;
  /** What its gates were given as their clock, and what its backend counts by. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every connection, ends every process and takes the place away. */
  close(): Promise<void>;
}

/** A connection over a network that fails on command, such as the fault proxy of `@runafter/testkit`. */
export interface FaultyGateConnection {
  readonly gate: ClosableGate;
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

/** A process that was started, and has asked to be let in. */
export interface GateProcess {
  /** Resolves when it is in. Never rejects: a process may be ended before. */
  readonly entered: Promise<void>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP: it keeps its connections, and does nothing. */
  pause(): void;
  /** Lets it go on with SIGCONT. */
  resume(): void;
  /** Releases its permit and closes its gate; resolves when it has ended by itself. */
  leave(): Promise<void>;
}

/**
 * What a driver can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name.
 *
 * - `fifo`: who waits is let in in the order of coming, over all connections.
 * - `room`: a waiting room that is full refuses whoever comes.
 * - `backPressure`: with `whenFull: 'wait'` nobody is refused.
 * - `retryAfter`: who is refused is told when to come back, once permits have come back.
 * - `expiry`: who is not heard of loses the place after the ttl. What only one process uses has none.
 * - `separateConnections`: closing one connection leaves the gate open for the others.
 * - `faults`: no promise of the driver, but of its harness: the place has `connectFaulty`.
 * - `processes`: the same: the place has `startProcess`.
 */
export interface GateCapabilities {
  readonly fifo: boolean;
  readonly room: boolean;
  readonly backPressure: boolean;
  readonly retryAfter: boolean;
  readonly expiry: boolean;
  readonly separateConnections: boolean;
  readonly faults: boolean;
  readonly processes: boolean;
}

/** See the module's header. */
export interface GateHarness {
  /** A fresh place with an empty gate. Called for each test, and for several at the same time. */
  open(): Promise<GatePlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<GateCapabilities>;
  /** The shortest ttl in milliseconds that can be used, also while the machine is busy. Default 1000. */
  readonly shortestTtl?: number;
  /** How many milliseconds a test may take that does much or waits for a ttl. Default 60000. */
  readonly longest?: number;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
