/**
 * The Pool on any store.
 *
 * Waiting, deadlines, renewals and aborts are those of locks (`@runafter/lock/leasing`): a claim is the acquisition
 * of a name of which there are several. An assignment has its operation as owner and no ttl, so it is repeatable
 * by itself, and nobody has to keep it alive.
 * Read next: pool-driver.ts, how a store becomes a driver of leases; claims.ts, what is handed over.
 * @module
 */
import {
  type Clock,
  type Duration,
  exponential,
  isTransient,
  parseDuration,
  type Random,
  retry,
  systemClock,
  untilAborted,
  type WaitOptions,
} from '@runafter/clock';
import { hasCode, ServiceClosedError } from '@runafter/errors';
import type { AcquireOptions, LockTimeoutError } from '@runafter/lock';
import { type Ask, type Grant, isName, Leasing, toStoredName } from '@runafter/lock/leasing';
import { PoolEmptyError, PoolOptionError } from './claim-errors.ts';
import { AssignedResource, LeasedResource } from './claims.ts';
import { assertClaimOptions, assertHolder, assertOnce, operationOf, toOwner } from './operation.ts';
import { assignments, leases } from './pool-driver.ts';
import type {
  Assignment,
  AssignOptions,
  LeaseOptions,
  Pool,
  PoolEntry,
  Resource,
  ResourceLease,
} from './pool-port.ts';
import { fromStored, toStored } from './pool-resources.ts';
import type { Claimed, PoolStore, ResourceState, StoredResource } from './pool-store.ts';

/** Options of {@link pool}. */
export interface PoolOptions {
  /** Of leases that say none. Default '30s'. */
  readonly ttl?: Duration | undefined;
  /** The longest time between two requests of who waits, as that of a lock. Default '1s'. */
  readonly poll?: Duration | undefined;
  /**
   * Who this is: what the owners of its leases begin with, but not "once ". Default: the machine's name and the
   * process's number.
   */
  readonly holder?: string | undefined;
  /** By which waits end and leases are counted. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Where the jitter of the waits comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/**
 * Makes a pool of a store. Whoever claims from the same pool uses the same store and name, from whatever machine.
 *
 * @param resources - those that the pool has never had are added by the first call: an array of texts, or of objects
 *   with an `id`. Those that were withdrawn stay so until `add()`. Leave it out where another process adds them.
 * @throws {PoolOptionError} `POOL_OPTION_INVALID`
 * @throws {PoolResourceError} `POOL_RESOURCE_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`: of an option that pools have in common with locks.
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const licences = pool(memoryPools(), 'licences', ['E5-001', 'E5-002', 'E5-003']);
 * const licence = await licences.claim({ mode: 'assign', once: 'hire-17' });
 */
export function pool(
  store: PoolStore,
  name: string,
  resources: readonly string[],
  options?: PoolOptions,
): Pool<string>;
export function pool<T extends Resource = string>(
  store: PoolStore,
  name: string,
  resources?: readonly T[],
  options?: PoolOptions,
): Pool<T>;
export function pool<T extends Resource>(
  store: PoolStore,
  name: string,
  resources: readonly T[] = [],
  options: PoolOptions = {},
): Pool<T> {
  if (!isName(name)) {
    const fix = `is ${JSON.stringify(name)}. Pass at least one character of well-formed Unicode.`;
    throw new PoolOptionError(String(name), 'its name', fix);
  }
  assertHolder(name, options.holder);
  return new StoredPool(store, name, toStored(name, resources), options);
}

const untilGivenUp = exponential({
  count: Number.POSITIVE_INFINITY,
  interval: '50ms',
  maximum: '2s',
  totalTime: '30s',
  when: isTransient,
});

class StoredPool<T extends Resource> implements Pool<T> {
  readonly name: string;
  readonly #store: PoolStore;
  readonly #key: string;
  readonly #initial: readonly StoredResource[];
  readonly #clock: Clock;
  readonly #random: Random | undefined;
  readonly #leases: Leasing<LeasedResource<T>, Claimed>;
  readonly #assignments: Leasing<AssignedResource, Claimed>;
  /** What works for a call, also when that has ended: close() waits for it. */
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();
  #added: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    store: PoolStore,
    name: string,
    initial: readonly StoredResource[],
    options: PoolOptions,
  ) {
    const { clock = systemClock, random } = options;
    this.name = name;
    this.#store = store;
    this.#key = toStoredName(name);
    this.#initial = initial;
    this.#clock = clock;
    this.#random = random;
    const prepare = (waiting: WaitOptions) => this.#addInitial(waiting);
    this.#leases = new Leasing(leases(store, prepare), options, {
      shared: true,
      waitKind: 'claim',
      hold: (tools, claim) => new LeasedResource<T>(tools, claim),
    });
    this.#assignments = new Leasing(assignments(store, name, prepare), options, {
      shared: true,
      waitKind: 'claim',
      hold: (_, claim) => new AssignedResource(claim),
    });
  }

  claim(options: AssignOptions): Promise<Assignment<T>>;
  claim(options: LeaseOptions): Promise<ResourceLease<T>>;
  async claim(options: AssignOptions | LeaseOptions): Promise<Assignment<T> | ResourceLease<T>> {
    const claimed = await this.#claim(options, parseDuration(options.wait ?? 0, 'wait'));
    if (claimed === undefined) throw new PoolEmptyError(this.#store.name, this.name, 0);
    return claimed;
  }

  tryClaim(options: AssignOptions): Promise<Assignment<T> | undefined>;
  tryClaim(options: LeaseOptions): Promise<ResourceLease<T> | undefined>;
  async tryClaim(
    options: AssignOptions | LeaseOptions,
  ): Promise<Assignment<T> | ResourceLease<T> | undefined> {
    return await this.#claim(options, 0);
  }

  /** @param wait - in milliseconds; 0: asks once. */
  async #claim(
    options: AssignOptions | LeaseOptions,
    wait: number,
  ): Promise<Assignment<T> | ResourceLease<T> | undefined> {
    assertClaimOptions(this.name, options);
    const { signal } = options;
    if (options.mode === 'lease') {
      const { ttl } = options;
      return await this.#acquire(this.#leases, { signal, ttl, wait }, { weight: 1 });
    }
    const { once } = options;
    const ask = { weight: 1, owner: toOwner(once) };
    const assigned = await this.#acquire(this.#assignments, { signal, wait }, ask);
    return assigned?.toAssignment<T>(once);
  }

  async #acquire<H extends Grant>(
    leasing: Leasing<H, Claimed>,
    options: AcquireOptions,
    ask: Ask,
  ): Promise<H | undefined> {
    if (options.wait === 0) return await leasing.tryAcquire(this.name, options, ask);
    try {
      return await leasing.acquire(this.name, options, ask);
    } catch (error) {
      throw hasCode(error, 'LOCK_TIMEOUT') ? this.#emptyOrSilent(error as LockTimeoutError) : error;
    }
  }

  /** A pool that did not answer is not known to be empty. */
  #emptyOrSilent({ waited, cause }: LockTimeoutError): unknown {
    return cause ?? new PoolEmptyError(this.#store.name, this.name, waited);
  }

  async release(once: string, options: WaitOptions = {}): Promise<boolean> {
    assertOnce(this.name, once);
    const request = { pool: this.#key, owner: toOwner(once), forGood: true };
    return await this.#patiently(options, (patient) => this.#store.release(request, patient));
  }

  async add(resources: readonly T[], options: WaitOptions = {}): Promise<void> {
    const request = { pool: this.#key, resources: toStored(this.name, resources), again: true };
    await this.#patiently(options, async (patient) => {
      // Else those that this object would still add came after these.
      await this.#addInitial(patient);
      await this.#store.add(request, patient);
    });
  }

  async withdraw(ids: readonly string[], options: WaitOptions = {}): Promise<void> {
    // Else one that this object would still add was handed out after all.
    await this.#patiently(options, async (patient) => {
      await this.#addInitial(patient);
      await this.#store.withdraw(this.#key, ids, patient);
    });
  }

  async inspect(options: WaitOptions = {}): Promise<readonly PoolEntry<T>[]> {
    return await this.#patiently(options, async (patient) => {
      await this.#addInitial(patient);
      const states = await this.#store.inspect(this.#key, patient);
      return states.map((state) => entryOf<T>(state));
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ServiceClosedError(this.#store.name));
    await Promise.all([this.#leases.close(), this.#assignments.close()]);
    await Promise.allSettled(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What may be done again is, while the service does not answer. An abort ends it at once. */
  async #patiently<R>(
    { signal }: WaitOptions,
    work: (options: WaitOptions) => Promise<R>,
  ): Promise<R> {
    const closed = this.#closed.signal;
    const working = retry(() => work({ signal }), untilGivenUp, {
      clock: this.#clock,
      random: this.#random,
      // No other request is sent after close(); one that is under way is answered.
      signal: signal === undefined ? closed : AbortSignal.any([closed, signal]),
    });
    return await untilAborted(signal, this.#track(working));
  }

  #track<R>(work: Promise<R>): Promise<R> {
    this.#underWay.add(work);
    const end = () => this.#underWay.delete(work);
    work.then(end, end);
    return work;
  }

  /** Once; a failure is for the caller who met it, and the next one tries again. */
  #addInitial({ signal }: WaitOptions): Promise<void> {
    if (this.#initial.length === 0) return Promise.resolve();
    this.#added ??= this.#track(
      this.#store.add({ pool: this.#key, resources: this.#initial, again: false }, {}),
    ).catch((error: unknown) => {
      this.#added = undefined;
      throw error;
    });
    return untilAborted(signal, this.#added);
  }
}

function entryOf<T extends Resource>(state: ResourceState): PoolEntry<T> {
  const { withdrawn, claim } = state;
  const resource = fromStored<T>(state);
  if (claim === undefined) return { resource, withdrawn, claim };
  const { token, claimedAt, expiresIn } = claim;
  const { mode, by } = operationOf(claim.owner);
  return {
    resource,
    withdrawn,
    claim: { mode, by, token, claimedAt: new Date(claimedAt), expiresIn },
  };
}
