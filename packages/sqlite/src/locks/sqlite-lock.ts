/**
 * Locks in an SQLite file, for the processes of one machine.
 *
 * Invariant: a name is granted within a transaction that has the write lock of the file, and by the clock that
 * all processes of the machine share. Rows are never deleted, and tokens are counted in them, so they only grow.
 * Read next: lock-rows.ts, ../group-commit.ts.
 * @module
 */
import { type Clock, systemClock, type WaitOptions } from '@runafter/clock';
import {
  type AcquireRequest,
  type Busy,
  type Granted,
  type LeaseDriver,
  type LeaseRequest,
  type Lock,
  type LockOptions,
  leaseLock,
} from '@runafter/lock';
import type { Database } from '../database.ts';
import { databaseOf, type SqliteFileOptions } from '../database-options.ts';
import type { Work } from '../group-commit.ts';
import { assertPrefixOption, serviceName } from '../prefix-option.ts';
import { asService } from '../service-faults.ts';
import { findHolder, grantLock, type LockRow, releaseLock, renewLock } from './lock-rows.ts';

/** Options of {@link sqliteLock}. */
export interface SqliteLockOptions extends LockOptions, Omit<SqliteFileOptions, 'readOnly'> {
  /**
   * Stands beside the names in the table, so that locks with different prefixes share a file and nothing else.
   * Up to 200 characters. Default ''.
   */
  readonly prefix?: string | undefined;
  /** By which leases expire and waits are made. All processes of a file need the same time. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes locks in a file of this machine, for as many of its processes as use the file, which may be that of a
 * run store.
 *
 * The file is opened, created and brought up to date by the first call. SQLite cannot tell one process what
 * another one does, so who waits for another process polls; within one lock object, a release wakes the next.
 *
 * @param file - its path, or ':memory:' for locks that end with this object. Never on a network share.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @example
 * const lock = sqliteLock('app.db', { poll: '100ms' });
 * await using lease = await lock.acquire('daily-report', { wait: '2m' });
 * await writeReport({ signal: lease.signal });
 */
export function sqliteLock(file: string, options: SqliteLockOptions = {}): Lock {
  const { prefix = '', synchronous, busyTimeout, clock = systemClock, ...others } = options;
  const database = databaseOf(file, { synchronous, busyTimeout, clock });
  assertPrefixOption(file, prefix);
  return leaseLock(new SqliteLeases(database, prefix, clock), { ...others, clock });
}

class SqliteLeases implements LeaseDriver {
  readonly name: string;
  readonly queues = false;
  readonly #database: Database;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(database: Database, prefix: string, clock: Clock) {
    this.name = serviceName('locks', prefix, database);
    this.#database = database;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async acquire(request: AcquireRequest, { signal }: WaitOptions): Promise<Granted | Busy> {
    const row = this.#rowOf(request);
    // Who polls only reads: it forces nothing to the disk, and is in no writer's way.
    const busy = await this.#read((connection) => findHolder(connection, row, this.#clock.now()));
    if (busy !== undefined) return busy;
    // Writes take effect in the order of their calls: none may come after that of a release.
    signal?.throwIfAborted();
    return await this.#write((connection) => {
      const now = this.#clock.now();
      const holder = findHolder(connection, row, now);
      if (holder !== undefined) return holder;
      return { granted: true, token: grantLock(connection, row, now + request.ttl) };
    });
  }

  renew(request: LeaseRequest, ttl: number): Promise<boolean> {
    const row = this.#rowOf(request);
    return this.#write((connection) => renewLock(connection, row, this.#clock.now() + ttl));
  }

  release(request: LeaseRequest): Promise<void> {
    const row = this.#rowOf(request);
    return this.#write((connection) => releaseLock(connection, row));
  }

  close(): Promise<void> {
    return asService(this.name, this.#database.close());
  }

  #rowOf({ name, owner }: LeaseRequest): LockRow {
    return { prefix: this.#prefix, name, owner };
  }

  #read<T>(work: Work<T>): Promise<T> {
    return asService(this.name, this.#database.read(work));
  }

  #write<T>(work: Work<T>): Promise<T> {
    return asService(this.name, this.#database.write(work));
  }
}
