/**
 * What a backend does for locks and semaphores: it grants, renews and takes back, one request each.
 * Everything else (waiting, deadlines, renewals, releases that fail, names) is written once, in leasing.ts.
 *
 * Every driver promises:
 *
 * - `acquire` is one atomic step, and repeatable: an owner that holds the name already is granted it again, for
 *   another ttl and with the same token. So a request whose reply was lost is simply sent again.
 * - `renew` and `release` only ever touch what this owner holds. A late one changes nothing for anybody else.
 * - The time of a grant is counted by the backend, from when it handles the request, and is at least the ttl.
 *   A backend that ties a grant to a connection in place of a time says so with `ended`.
 * - Tokens of a name only grow, also after releases and expiries: what they are counted in is never deleted.
 * - Every request ends within a time, by itself, and early, where it can, when its signal aborts. Errors are those of
 *   `@runafter/errors`: a ServiceUnavailableError says whether the request may have been carried out. What else is
 *   thrown, the signal's reason too, leaves that open.
 * - Between requests no timer of it keeps the process alive. A connection that it has opened may, until close().
 *
 * The suites that every driver runs are in conformance/.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';

/** Who wants, or has, what. */
export interface LeaseRequest {
  /** 1 to 200 characters of well-formed Unicode, compared exactly. */
  readonly name: string;
  /** 1 to 200 characters; ends in a UUID, or names an operation that holds something until it is released. */
  readonly owner: string;
}

/** What {@link LeaseDriver.acquire} is asked for. */
export interface AcquireRequest extends LeaseRequest {
  /** For how long, in whole milliseconds; Infinity, which only a pool asks for: until it is released. */
  readonly ttl: number;
  /** How many permits of a semaphore; 1 for a lock. */
  readonly weight: number;
  /**
   * For how many milliseconds a place in the line is kept, from each such request on: of who waits, for a
   * driver with `queues`. Undefined: takes no place, and is not granted what somebody stands in line for.
   */
  readonly place: number | undefined;
}

/** It is the owner's now. */
export interface Granted {
  readonly granted: true;
  /** At least 1. What a semaphore gives here is not looked at. */
  readonly token: bigint;
  /** Aborts when the backend ends the grant before its time, such as by the loss of a connection. */
  readonly ended?: AbortSignal | undefined;
}

/** It is not to be had now. */
export interface Busy {
  readonly granted: false;
  /** The owner who has it, where the backend knows. */
  readonly heldBy?: string | undefined;
  /** In how many milliseconds it will be free unless it is renewed, for who is next, where the backend knows. */
  readonly freeIn?: number | undefined;
}

/** What {@link LeaseDriver.watch} gives. */
export interface Watch {
  /** Whether releases are told now. False while it connects, and where they cannot be told: then it is polled. */
  readonly hears: boolean;
  /** Ends it. Never throws. */
  stop(): void;
}

/** Which times to live a backend takes, in milliseconds. */
export interface TtlBounds {
  readonly shortest: number;
  readonly longest: number;
  /** Only multiples of it. */
  readonly step: number;
}

/** See the module's header for what every driver promises. G: what it says of a grant. */
export interface LeaseDriver<G extends Granted = Granted> {
  /** What errors call it, such as `Redis locks "shop:"`. */
  readonly name: string;
  /**
   * It keeps who waits in the order of their coming, over all processes. Where it does not, one caller of a
   * process asks at a time, and the others of that process wait behind it, in order.
   */
  readonly queues: boolean;
  readonly ttlBounds?: TtlBounds | undefined;
  acquire(request: AcquireRequest, options: WaitOptions): Promise<G | Busy>;
  /** @returns false when the owner does not hold the name any more, which is final. */
  renew(request: LeaseRequest, ttl: number, options: WaitOptions): Promise<boolean>;
  /** Takes back whatever the owner has of this name: the lease, or a place in the line. Also nothing at all. */
  release(request: LeaseRequest, options: WaitOptions): Promise<void>;
  /**
   * Calls `wake` when it may be worth asking again, for who waits with this name and owner: after a release,
   * and when `hears` becomes true later than the call, since what was released before was not told. Too often
   * is harmless, and one that is lost costs time only. All watches of a driver share one connection.
   */
  watch?(request: LeaseRequest, wake: () => void): Watch;
  /** Closes what the driver has opened, and nothing that it was given. */
  close(): Promise<void>;
}
