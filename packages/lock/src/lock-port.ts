/**
 * The Lock port: of all who ask for a name, on however many machines, one holds it at a time, and whoever
 * does not hold it any more can know.
 *
 * Every lock promises:
 *
 * - While a lease is held by its own `assertHeld()`, nobody else is granted the same name: the holder stops
 *   believing before the backend gives the name away.
 * - A lease ends once: by its release, or by its loss, which is final and never healed in silence. Its signal
 *   aborts in both cases, and the reason tells which.
 * - The token of a lease is greater than those of all earlier leases of its name, for as long as the backend
 *   keeps what it has acknowledged. A Lease is a Fence for the document stores of `@runafter/optimistic`.
 * - Whoever stops waiting, by an abort or by the end of its time, leaves nothing behind.
 *
 * A lock alone cannot keep a holder that was paused from writing after its lease has ended: no lock can. The
 * token can, where the store that is written to compares it.
 * Read next: lease-driver.ts, what a backend does; leasing.ts, the algorithm.
 *
 * @see https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
 * @module
 */
import type { Duration, WaitOptions } from '@runafter/clock';

/** Options of {@link Lock.tryAcquire}. */
export interface TryAcquireOptions extends WaitOptions {
  /**
   * How long the backend keeps the name for a holder that it hears nothing from. The lease is renewed at a
   * third of it, so it lasts as long as the work does; a crashed holder is in the way for so long. Backends
   * have bounds. Default: the lock's, which is '30s' unless it was made with another.
   */
  readonly ttl?: Duration | undefined;
}

/** Options of {@link Lock.acquire}. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for it; 0 tries once. Default: the lock's, which is '30s' unless it was made with another. */
  readonly wait?: Duration | undefined;
}

/** Something that is held until it is released or lost, and that is kept alive meanwhile. */
export interface Held extends AsyncDisposable {
  /** What was asked for. */
  readonly name: string;
  /** Who holds it: begins with the lock's `holder`, and no other lease has the same. */
  readonly owner: string;
  /** When it is lost unless it is renewed before: milliseconds since 1970, by the clock of this process. */
  readonly expiresAt: number;
  /**
   * Aborts when it is lost, with a LeaseLostError, or when it is released, with a LeaseReleasedError. Pass it
   * to the work that is guarded.
   */
  readonly signal: AbortSignal;
  /**
   * Call it before each step that only the holder may take: after a stall of the process, code can run before
   * the timer does that would have aborted the signal. It compares the clocks, and asks nobody.
   *
   * @throws {LeaseLostError} `LEASE_LOST`
   * @throws {LeaseReleasedError} `LEASE_RELEASED`
   */
  assertHeld(): void;
  /**
   * Gives it back. Calling it again waits for the same end. Never takes away what somebody else holds.
   *
   * Resolves also when the service does not answer: after a renewal that hangs was waited for, 2 seconds at most,
   * it is tried for 5 seconds, and what is left then ends with the ttl. Does not wait at all when the lease was
   * lost before.
   *
   * @throws {ServiceRefusedError} `SERVICE_REFUSED`
   */
  release(): Promise<void>;
}

/** The right to do what only one may do at a time, with the number that proves it. */
export interface Lease extends Held {
  /** Greater than those of all earlier leases of this name. The same while the lease lasts. */
  readonly token: bigint;
}

/** Several leases that are held together. */
export interface LeaseGroup<Leases extends readonly Lease[] = readonly Lease[]>
  extends AsyncDisposable {
  /** In the order of the names that were asked for; a name that was given twice has the same lease twice. */
  readonly leases: Leases;
  /** Aborts when one of them is lost, or when they are released, with that lease's reason. */
  readonly signal: AbortSignal;
  /** @throws as {@link Held.assertHeld}, for the first one that is not held any more. */
  assertHeld(): void;
  /** Gives them all back. As {@link Held.release}. */
  release(): Promise<void>;
}

/** One lease for each of these names. */
export type LeasesOf<Names extends readonly string[]> = { readonly [Place in keyof Names]: Lease };

/**
 * See the module's header for what every lock promises.
 *
 * Names are at least one character of well-formed Unicode, of any length, and compared exactly.
 */
export interface Lock extends AsyncDisposable {
  /** What errors call it, such as `Redis locks "shop:"`. */
  readonly name: string;
  /**
   * Acquires the name, waiting until it is free. While the service does not answer, it is tried again.
   *
   * @throws {LockTimeoutError} `LOCK_TIMEOUT`: it was not free within `wait`.
   * @throws {LockNameError} `LOCK_NAME_INVALID`
   * @throws {LockOptionError} `LOCK_OPTION_INVALID`: a ttl that the backend cannot grant.
   * @throws {ServiceError} what will not pass by waiting, such as `SERVICE_REFUSED`.
   * @example
   * await using lease = await lock.acquire('daily-report', { wait: '2m' });
   * await writeReport({ signal: lease.signal });
   */
  acquire(name: string, options?: AcquireOptions): Promise<Lease>;
  /**
   * Acquires the name if it is free and nobody is known to wait for it; else undefined. Asks once.
   *
   * @throws {ServiceError} the service did not answer, or refused.
   * @throws {LockNameError} `LOCK_NAME_INVALID`
   * @throws {LockOptionError} `LOCK_OPTION_INVALID`
   */
  tryAcquire(name: string, options?: TryAcquireOptions): Promise<Lease | undefined>;
  /**
   * Acquires several names, or none of them. They are asked for one after the other in one order for all
   * callers, whatever the order here, so that no two can wait for each other.
   *
   * @param options.wait - for all of them together.
   * @throws as acquire(), and then none of them is held: those that it had were given back, or are given back
   *   right now when the signal was aborted.
   * @throws {LeaseLostError} `LEASE_LOST`: one of them was lost while it waited for another.
   * @example
   * await using both = await lock.acquireAll(['account-7', 'account-3']);
   * const [from, to] = both.leases;
   */
  acquireAll<const Names extends readonly string[]>(
    names: Names,
    options?: AcquireOptions,
  ): Promise<LeaseGroup<LeasesOf<Names>>>;
  /**
   * Ends all waits with `SERVICE_CLOSED`, gives back all leases, and closes what the lock has opened itself.
   * May be called again.
   */
  close(): Promise<void>;
}
