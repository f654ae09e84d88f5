/**
 * Pools of resources in an SQLite file, for the processes of one machine.
 *
 * Invariant: a resource is handed out within a transaction that has the write lock of the file, and by the clock
 * that all processes of the machine share. Rows of resources are never deleted, and tokens are counted in them.
 * Read next: claim-rows.ts, ../group-commit.ts.
 * @module
 */
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '@runafter/claim';
import { type Clock, systemClock, type WaitOptions } from '@runafter/clock';
import type { Busy, Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import type { Connection } from '../connection.ts';
import type { Database } from '../database.ts';
import { databaseOf, type SqliteFileOptions } from '../database-options.ts';
import type { Work } from '../group-commit.ts';
import { assertPrefixOption, serviceName } from '../prefix-option.ts';
import { asService } from '../service-faults.ts';
import { findFree, findNextExpiry, handOut, hasResource, keep, takeBack } from './claim-rows.ts';
import type { Claimant, PoolPlace } from './pool-row.ts';
import { addResources, hasAll, listResources, withdrawResources } from './resource-rows.ts';
import { isRetired, retire } from './retired-owners.ts';

/** Options of {@link sqlitePools}. */
export interface SqlitePoolsOptions extends Omit<SqliteFileOptions, 'readOnly'> {
  /**
   * Stands beside the names in the tables, so that pools with different prefixes share a file and nothing else.
   * Up to 200 characters. Default ''.
   */
  readonly prefix?: string | undefined;
  /** By which leases expire and waits are made. All processes of a file need the same time. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of pools in a file of this machine, for as many of its processes as use the file, which may be that
 * of a run store.
 *
 * The file is opened, created and brought up to date by the first call. SQLite cannot tell one process what
 * another one does, so who waits for another process polls; a release or an addition on the same store wakes.
 *
 * @param file - its path, or ':memory:' for pools that end with this object. Never on a network share.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`
 * @example
 * const licences = pool(sqlitePools('app.db'), 'licences', ['E5-001', 'E5-002']);
 * const licence = await licences.claim({ mode: 'assign', once: 'hire-17' });
 */
export function sqlitePools(file: string, options: SqlitePoolsOptions = {}): PoolStore {
  const { prefix = '', synchronous, busyTimeout, clock = systemClock } = options;
  const database = databaseOf(file, { synchronous, busyTimeout, clock });
  assertPrefixOption(file, prefix);
  return new SqlitePools(database, prefix, clock);
}

class SqlitePools implements PoolStore {
  readonly name: string;
  readonly queues = false;
  readonly #database: Database;
  readonly #prefix: string;
  readonly #clock: Clock;
  /** Who waits on this store, by the pool. */
  readonly #watchers = new Watchers();

  constructor(database: Database, prefix: string, clock: Clock) {
    this.name = serviceName('pools', prefix, database);
    this.#database = database;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async claim(
    { pool, owner, ttl }: ClaimRequest,
    { signal }: WaitOptions,
  ): Promise<Claimed | Busy | Retired> {
    const claimant = { ...this.#placeOf(pool), owner };
    // Who polls only reads: it forces nothing to the disk, and is in no writer's way.
    const refusal = await this.#read((connection) => this.#refusalFor(connection, claimant));
    if (refusal !== undefined) return refusal;
    // Writes take effect in the order of their calls: none may come after that of a release.
    signal?.throwIfAborted();
    return await this.#write((connection) => this.#claim(connection, claimant, ttl));
  }

  /** Undefined: there is something for this owner. */
  #refusalFor(connection: Connection, claimant: Claimant): Busy | Retired | undefined {
    const now = this.#clock.now();
    if (isRetired(connection, claimant)) return { granted: false, retired: true };
    if (hasResource(connection, claimant, now)) return undefined;
    if (findFree(connection, claimant, now) !== undefined) return undefined;
    return { granted: false, freeIn: findNextExpiry(connection, claimant, now) };
  }

  #claim(connection: Connection, claimant: Claimant, ttl: number): Claimed | Busy | Retired {
    if (isRetired(connection, claimant)) return { granted: false, retired: true };
    const now = this.#clock.now();
    const times = { now, until: now + ttl };
    const kept = keep(connection, claimant, times);
    if (kept !== undefined) return kept;
    const free = findFree(connection, claimant, now);
    if (free !== undefined) return handOut(connection, claimant, free, times);
    return { granted: false, freeIn: findNextExpiry(connection, claimant, now) };
  }

  async renew({ pool, owner }: ClaimantRequest, ttl: number): Promise<boolean> {
    const claimant = { ...this.#placeOf(pool), owner };
    const kept = await this.#write((connection) => {
      const now = this.#clock.now();
      return keep(connection, claimant, { now, until: now + ttl });
    });
    return kept !== undefined;
  }

  async release({ pool, owner, forGood }: ReleaseRequest): Promise<boolean> {
    const claimant = { ...this.#placeOf(pool), owner };
    const had = await this.#write((connection) => {
      const held = hasResource(connection, claimant, this.#clock.now());
      takeBack(connection, claimant);
      if (forGood) retire(connection, claimant);
      return held;
    });
    this.#watchers.wake(pool);
    return had;
  }

  /** Tells only what happens on this store. */
  watch({ pool }: ClaimantRequest, wake: () => void): Watch {
    return { hears: false, stop: this.#watchers.add(pool, wake) };
  }

  async add({ pool, resources, again }: AddRequest): Promise<void> {
    const place = this.#placeOf(pool);
    if (!again && (await this.#read((connection) => hasAll(connection, place, resources)))) return;
    await this.#write((connection) => addResources(connection, place, resources, again));
    this.#watchers.wake(pool);
  }

  withdraw(pool: string, ids: readonly string[]): Promise<void> {
    return this.#write((connection) => withdrawResources(connection, this.#placeOf(pool), ids));
  }

  inspect(pool: string): Promise<readonly ResourceState[]> {
    return this.#read((connection) =>
      listResources(connection, this.#placeOf(pool), this.#clock.now()),
    );
  }

  close(): Promise<void> {
    return asService(this.name, this.#database.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #placeOf(pool: string): PoolPlace {
    return { prefix: this.#prefix, pool };
  }

  #read<T>(work: Work<T>): Promise<T> {
    return asService(this.name, this.#database.read(work));
  }

  #write<T>(work: Work<T>): Promise<T> {
    return asService(this.name, this.#database.write(work));
  }
}
