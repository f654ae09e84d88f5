/**
 * The SessionPool: sessions on machines, such as the desktops that robots work on, for many jobs of several users.
 *
 * Every session pool promises:
 *
 * - A session has one job at a time, and a user has one session at a time: over all processes that share the store.
 * - Within a process the oldest job that may run is next. The jobs of a user run in the order of their calls, and a
 *   job whose user runs already holds nobody else up. No session stays free while a job may run.
 * - Between processes the order is the store's: each stands in its line once, so they take turns where the store
 *   keeps a line, and come in any order elsewhere.
 * - Whoever stops waiting leaves nothing behind.
 *
 * Read next: session-pool.ts, the algorithm; job-queue.ts, whose turn it is.
 * @module
 */
import type { Duration, WaitOptions } from '@runafter/clock';
import type { Lease } from '@runafter/lock';

/** A machine with sessions on it. */
export interface Machine {
  /** 1 to 190 characters. */
  readonly name: string;
  /** How many it has: a whole number from 1 to 1,000. Default 2. */
  readonly sessions?: number | undefined;
}

/** Options of {@link SessionPool.acquire}. */
export interface SessionOptions extends WaitOptions {
  /** For whom: a user has one session at a time. */
  readonly user: string;
  /** How long to wait for a session. Default: the pool's, which is as long as it takes. */
  readonly wait?: Duration | undefined;
}

/** Options of {@link SessionPool.run}. */
export interface JobOptions extends SessionOptions {
  /**
   * The work is begun once at most: when its session is lost, run() rejects with `SESSION_LOST` in place of running
   * it again. For work that must not be done twice. Default false.
   */
  readonly atMostOnce?: boolean | undefined;
}

/** Where a job runs. It is a fence: document stores of `@runafter/optimistic` refuse what an earlier one writes. */
export interface JobSession extends Pick<Lease, 'token' | 'owner'> {
  readonly machine: string;
  /** Which of the machine's sessions: 1, 2, …. */
  readonly session: number;
  readonly user: string;
  /** 1 for the first time that the job runs, and one more each time that it was given back. */
  readonly attempt: number;
  /**
   * Aborts with a SessionLostError when the machine or the session is lost, with the caller's reason when that
   * has aborted, with a ServiceClosedError when the pool is closed. End the work then: until it has ended, the
   * user has no other session.
   */
  readonly signal: AbortSignal;
  /**
   * Throws why the session may not be used any more, if that is so: call it before each step that only one may
   * take. It compares clocks and asks nobody. Need not be called as a method.
   */
  readonly assertHeld: () => void;
}

/** A session that is held until it is released. Its `signal` is that of a {@link JobSession}. */
export interface Session extends Lease {
  readonly machine: string;
  /** Which of the machine's sessions: 1, 2, …. */
  readonly session: number;
  readonly user: string;
}

/** Why a job waits. */
export type WaitReason =
  | 'no session free'
  | 'user runs already'
  | 'user runs in another process'
  | 'behind a job of the same user';

/** A job that waits. */
export interface WaitingJob {
  readonly user: string;
  /** When it was submitted, by this process's clock. */
  readonly since: Date;
  /** How often it was begun, and given back: 0 for one that has not run yet. */
  readonly attempts: number;
  readonly why: WaitReason;
}

/** Who has a session. */
export interface SessionHolder {
  /** Undefined: somebody of another process. */
  readonly user: string | undefined;
  /** The owner of its lease: begins with the process. */
  readonly by: string;
  /** By the store's clock. */
  readonly since: Date;
  readonly token: bigint;
}

/** A session, and who has it. */
export interface SessionEntry {
  readonly session: number;
  /** Undefined: nobody has it. */
  readonly holder: SessionHolder | undefined;
}

/** A machine, and its sessions. */
export interface MachineEntry {
  readonly name: string;
  /**
   * `open`: its sessions are handed out; `draining`: no more, and some are held still; `drained`: none is held.
   * `lost`: as this process was told by lost().
   */
  readonly state: 'open' | 'draining' | 'drained' | 'lost';
  readonly sessions: readonly SessionEntry[];
}

/** What {@link SessionPool.inspect} gives. */
export interface SessionPoolState {
  readonly machines: readonly MachineEntry[];
  /** The jobs of this process that wait, the oldest first. */
  readonly queue: readonly WaitingJob[];
}

/** See the module's header for what every session pool promises. */
export interface SessionPool extends AsyncDisposable {
  readonly name: string;
  /**
   * Runs a job on a session, when it is its turn, and gives the session back whatever becomes of it.
   *
   * When the session is lost (its machine, or its lease) and the job fails, it goes back to its place in the queue
   * and runs again; `attempt` says so. A job that ends well all the same has ended, and is not run again. While a
   * job that was told to stop goes on, its user has no other session.
   *
   * @param options.signal - aborting it ends the wait at once; afterwards it aborts the job's own signal.
   * @returns what the job returns.
   * @throws {SessionTimeoutError} `SESSION_TIMEOUT`: it had no session within `wait`.
   * @throws {SessionLostError} `SESSION_LOST`: of a job with `atMostOnce`.
   * @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID`
   * @throws {ServiceError} the store refused, or the pool was closed.
   * @example
   * const invoice = await robots.run({ user: 'ann', signal }, ({ machine, signal }) => enter(order, { machine, signal }));
   */
  run<R>(options: JobOptions, job: (session: JobSession) => R | PromiseLike<R>): Promise<R>;
  /**
   * Waits for a session as run() does, and hands it over. Lost, it is not run again: release it and acquire another.
   *
   * @throws as run(), but never `SESSION_LOST`.
   * @example
   * await using session = await robots.acquire({ user: 'ann', wait: '10m' });
   * await drive(session.machine, { signal: session.signal });
   */
  acquire(options: SessionOptions): Promise<Session>;
  /**
   * A session if one is free, the user has none and waits for none, and nobody else is known to wait; else
   * undefined. Asks once.
   */
  tryAcquire(options: Omit<SessionOptions, 'wait'>): Promise<Session | undefined>;
  /**
   * Hands the machine's sessions out no more, in all processes. Who runs there goes on. Resolves when the store has
   * noted it: what it had granted before is still handed out.
   *
   * @throws {MachineUnknownError} `MACHINE_UNKNOWN`
   */
  drain(machine: string, options?: WaitOptions): Promise<void>;
  /**
   * Hands them out again, after drain() or lost(). A machine that has left comes back with join().
   *
   * @throws {MachineUnknownError} `MACHINE_UNKNOWN`: this process does not know how many sessions it has; join() it.
   */
  resume(machine: string, options?: WaitOptions): Promise<void>;
  /**
   * Adds a machine while the pool is in use, or brings one back, also with another number of sessions: those that
   * are too many are drained.
   */
  join(machine: Machine, options?: WaitOptions): Promise<void>;
  /**
   * Drains the machine and resolves when nobody, of whatever process, has a session of it; then it is listed no
   * more. To have it leave at once, call lost() before.
   *
   * @param options.signal - aborting it ends the wait. The machine stays drained.
   * @returns false: it was brought back meanwhile.
   * @throws {MachineUnknownError} `MACHINE_UNKNOWN`
   */
  leave(machine: string, options?: WaitOptions): Promise<boolean>;
  /**
   * The machine is gone: drains it, and takes its sessions from this process's jobs at once. Their signals abort
   * with a SessionLostError, and they go back to their places in the queue. Jobs of other processes end when they
   * are told there, or by their own failure.
   *
   * @throws {MachineUnknownError} `MACHINE_UNKNOWN`
   */
  lost(machine: string, options?: WaitOptions): Promise<void>;
  /** The machines with who has which session, as of one moment of the store; and this process's queue. */
  inspect(options?: WaitOptions): Promise<SessionPoolState>;
  /**
   * Ends all waits with `SERVICE_CLOSED`, aborts the signals of what runs, and waits for the jobs of run() to end;
   * sessions of acquire() are given back at once. Leaves a store open that it was given. May be called again.
   */
  close(): Promise<void>;
}
