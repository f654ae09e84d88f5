/**
 * What a backend does for pools: it hands out resources, renews and takes them back, one request each.
 * Everything else (waiting, deadlines, renewals, failing releases, names, values) is written once, in pool.ts and
 * in `@runafter/lock/leasing`.
 *
 * Every store promises:
 *
 * - `claim` is one atomic step, and repeatable: an owner that holds a resource of the pool is given the same one
 *   again, with the same token, and for another ttl. Also when several ask for one owner at the same time.
 * - A resource has at most one owner. It is free again when its owner has released it, or when its ttl is over
 *   since the last grant or renewal, as the store counts it; without a ttl only by a release.
 * - `renew` and `release` only ever touch what this owner holds. A late one changes nothing for anybody else.
 * - Tokens of a resource only grow: what they are counted in stays, also when the resource is withdrawn.
 * - Whoever was released for good is told so: see {@link ReleaseRequest.forGood}.
 * - Resources are handed out in the order in which they were added.
 * - Every request ends within a time, by itself, and early, where it can, when its signal aborts. Errors are those of
 *   `@runafter/errors`: a ServiceUnavailableError says whether the request may have been carried out.
 * - Between requests no timer of it keeps the process alive. A connection that it has opened may, until close().
 *
 * The suite that every store runs is in conformance/.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';
import type { Busy, Granted, TtlBounds, Watch } from '@runafter/lock';

/** Who wants, or has, something of which pool. */
export interface ClaimantRequest {
  /** The pool's name: 1 to 200 characters of well-formed Unicode, compared exactly. */
  readonly pool: string;
  /** 1 to 200 characters of well-formed Unicode, compared exactly. */
  readonly owner: string;
}

/** What {@link PoolStore.claim} is asked for. */
export interface ClaimRequest extends ClaimantRequest {
  /** For how long, in whole milliseconds; Infinity: until it is released. */
  readonly ttl: number;
  /**
   * For how many milliseconds a place in the line is kept, from each such request on: of who waits, for a store
   * with `queues`. Undefined: takes no place, and is not given what somebody stands in line for.
   */
  readonly place: number | undefined;
}

/** The resource is the owner's now. */
export interface Claimed extends Granted {
  readonly id: string;
  /** As it was added. */
  readonly value: string;
}

/** The owner was released for good, so it is given nothing any more. */
export interface Retired {
  readonly granted: false;
  readonly retired: true;
}

/** What {@link PoolStore.release} is asked for. */
export interface ReleaseRequest extends ClaimantRequest {
  /**
   * The owner shall never be given anything again: a claim of it that is still on its way comes too late. Stores
   * remember this of the last 1,000 such owners of a pool at least.
   */
  readonly forGood: boolean;
}

/** A resource as it is kept. */
export interface StoredResource {
  /** 1 to 200 characters of well-formed Unicode, compared exactly. */
  readonly id: string;
  /** A text of any length. */
  readonly value: string;
}

/** Who has a resource. */
export interface StoredClaim {
  readonly owner: string;
  readonly token: bigint;
  /** When it was handed out, by the store's clock: milliseconds since 1970. */
  readonly claimedAt: number;
  /** In how many milliseconds it ends unless it is renewed; Infinity: not by itself. */
  readonly expiresIn: number;
}

/** A resource that the pool has. One that was withdrawn is listed for as long as somebody holds it. */
export interface ResourceState extends StoredResource {
  readonly withdrawn: boolean;
  /** Undefined: nobody has it. */
  readonly claim: StoredClaim | undefined;
}

/** What {@link PoolStore.add} is asked for. */
export interface AddRequest {
  readonly pool: string;
  /** No id twice. */
  readonly resources: readonly StoredResource[];
  /**
   * What becomes of those that the pool knows: true gives them these values and brings withdrawn ones back; false
   * leaves them as they are, withdrawn ones too.
   */
  readonly again: boolean;
}

/** See the module's header for what every store promises. */
export interface PoolStore extends AsyncDisposable {
  /** What errors call it, such as `Redis pools "shop:"`. */
  readonly name: string;
  /** It keeps who waits in the order of their coming, over all processes. */
  readonly queues: boolean;
  readonly ttlBounds?: TtlBounds | undefined;
  claim(request: ClaimRequest, options: WaitOptions): Promise<Claimed | Busy | Retired>;
  /** @returns false when the owner does not hold anything any more, which is final. */
  renew(request: ClaimantRequest, ttl: number, options: WaitOptions): Promise<boolean>;
  /**
   * Takes back whatever the owner has of this pool: a resource, or a place in the line.
   *
   * @returns whether it was a resource.
   */
  release(request: ReleaseRequest, options: WaitOptions): Promise<boolean>;
  /** Takes back a place in the line, and no resource. For a store without `queues` there is nothing to do. */
  leaveLine?(request: ClaimantRequest, options: WaitOptions): Promise<void>;
  /**
   * Calls `wake` when it may be worth asking again, for who waits for something of this pool: after a release, an
   * addition, and when `hears` becomes true later than the call. Too often is harmless, and one that is lost
   * costs time only. All watches of a store share one connection.
   */
  watch?(request: ClaimantRequest, wake: () => void): Watch;
  /** Adds resources; those that wait are told. */
  add(request: AddRequest, options: WaitOptions): Promise<void>;
  /** Hands these out no more. Who has one keeps it until it is released or expires. Unknown ids are fine. */
  withdraw(pool: string, ids: readonly string[], options: WaitOptions): Promise<void>;
  /** The resources in the order in which they were added, as of one moment. */
  inspect(pool: string, options: WaitOptions): Promise<readonly ResourceState[]>;
  /** Closes what the store has opened itself, and nothing that it was given. May be called again. */
  close(): Promise<void>;
}
