/**
 * The Pool port: finite resources, such as licences or sessions, that many claim at once, on however many
 * machines.
 *
 * Every pool promises:
 *
 * - A resource has one holder at a time. An *assigned* one is its operation's until it is released; a *leased*
 *   one expires when its holder dies, and the holder learns of the loss before anybody else may have it.
 * - The same operation gets the same resource again: after a lost reply, a retry, or a resume.
 * - An operation that was released never gets a resource later, however late its claim arrives.
 * - Whoever stops waiting leaves nothing behind but what its operation was assigned.
 *
 * Read next: pool.ts, the algorithm; pool-store.ts, what a backend does.
 * @module
 */
import type { Duration, WaitOptions } from '@runafter/clock';
import type { Lease } from '@runafter/lock';

/** A text, which is its own id, or an object with an `id` that JSON can hold. */
export type Resource = string | { readonly id: string };

interface Waiting extends WaitOptions {
  /** How long to wait for a free one. Default 0: none is waited for. */
  readonly wait?: Duration | undefined;
}

/** Options of a claim that lasts until it is released. */
export interface AssignOptions extends Waiting {
  readonly mode: 'assign';
  /**
   * The id of the operation that claims, such as an action's idempotency key or a person's id. The same one gets
   * the same resource; and by it the resource is given back, by whoever knows it.
   */
  readonly once: string;
}

/** Options of a claim that expires with its holder. */
export interface LeaseOptions extends Waiting {
  readonly mode: 'lease';
  /** How long the resource is kept for a holder that nothing is heard from. Default: the pool's. */
  readonly ttl?: Duration | undefined;
}

/**
 * A resource that is an operation's until `release(once)`. Plain data: an action of a durable run can hand it over,
 * and whoever knows the operation can give it back.
 */
export interface Assignment<T> {
  readonly resource: T;
  /** The operation. */
  readonly once: string;
  /** Greater than those of all earlier claims of this resource. */
  readonly token: bigint;
}

/**
 * A resource that is held until it is released or lost. It is a fence: document stores of `@runafter/optimistic`
 * refuse what an earlier holder writes.
 */
export interface ResourceLease<T> extends Lease {
  readonly resource: T;
}

/** Who has a resource. */
export interface Claimant {
  readonly mode: 'assign' | 'lease';
  /** The operation of an assigned one; of a leased one, the owner of the lease. */
  readonly by: string;
  readonly token: bigint;
  /** By the backend's clock. */
  readonly claimedAt: Date;
  /** In how many milliseconds it ends unless it is renewed; Infinity for an assigned one. */
  readonly expiresIn: number;
}

/** A resource of a pool, and who has it. */
export interface PoolEntry<T> {
  readonly resource: T;
  /** It is handed out no more; it is listed until its holder has given it back. */
  readonly withdrawn: boolean;
  /** Undefined: nobody has it. */
  readonly claim: Claimant | undefined;
}

/** See the module's header for what every pool promises. */
export interface Pool<T extends Resource> extends AsyncDisposable {
  readonly name: string;
  /**
   * Claims a resource: any that is free, the ones that were added first before the others.
   *
   * @throws {PoolEmptyError} `POOL_EMPTY`: none was free, or became free within `wait`.
   * @throws {ClaimRetiredError} `CLAIM_RETIRED`: the operation was released before.
   * @throws {PoolOptionError} `POOL_OPTION_INVALID`
   * @throws {LockOptionError} `LOCK_OPTION_INVALID`: a ttl that the store does not take.
   * @throws {ServiceError} the service did not answer, or refused.
   * @example
   * const licence = await licences.claim({ mode: 'assign', once: idempotencyKey });
   * @example
   * await using session = await sessions.claim({ mode: 'lease', wait: '5m' });
   * await drive(session.resource, { signal: session.signal });
   */
  claim(options: AssignOptions): Promise<Assignment<T>>;
  claim(options: LeaseOptions): Promise<ResourceLease<T>>;
  /**
   * Claims one if it is free and nobody is known to wait; else undefined. An operation gets what it has already,
   * whoever waits, and where the store keeps no line also what has just become free. Asks once. Throws as claim().
   */
  tryClaim(options: Omit<AssignOptions, 'wait'>): Promise<Assignment<T> | undefined>;
  tryClaim(options: Omit<LeaseOptions, 'wait'>): Promise<ResourceLease<T> | undefined>;
  /**
   * Gives back what an operation was assigned, and ends the operation: a claim of it that comes later, such as one
   * that a network has held up, is refused with `CLAIM_RETIRED`. So it undoes a claim whose outcome nobody knows.
   * Repeats itself while the service does not answer, for 30 seconds.
   *
   * @returns whether it had something; false also when that was taken back by a request whose reply was lost.
   * @throws {ServiceError} it may have been done, and may be called again.
   * @example
   * compensate: (_, { idempotencyKey }) => licences.release(idempotencyKey),
   */
  release(once: string, options?: WaitOptions): Promise<boolean>;
  /**
   * Adds resources while the pool is in use, and brings back those that were withdrawn.
   *
   * @throws {PoolResourceError} `POOL_RESOURCE_INVALID`
   */
  add(resources: readonly T[], options?: WaitOptions): Promise<void>;
  /** Hands these out no more. Who has one keeps it until it is given back. */
  withdraw(ids: readonly string[], options?: WaitOptions): Promise<void>;
  /** All resources in the order in which they were added, and who has which, as of one moment. */
  inspect(options?: WaitOptions): Promise<readonly PoolEntry<T>[]>;
  /**
   * Ends all waits with `SERVICE_CLOSED` and gives back all leases; what is assigned stays so. Resolves when no
   * request of this pool is under way any more. Leaves the store open. May be called again.
   */
  close(): Promise<void>;
}
