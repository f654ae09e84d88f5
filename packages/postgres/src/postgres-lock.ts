/**
 * Locks as rows: whoever's owner is in the row holds the name, until the time that is in the row.
 *
 * Invariant: the server's clock alone counts, and a name is granted by one statement, which decides under
 * the lock of the row. Rows are never deleted, and tokens are counted in them, so they only grow.
 * Read next: lock-statements.ts; release-listener.ts, how who waits is told.
 * @module
 */
import { hash } from 'node:crypto';
import { type Clock, systemClock, type WaitOptions } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import {
  type AcquireRequest,
  type Busy,
  type Granted,
  type LeaseDriver,
  type LeaseRequest,
  type Lock,
  type LockOptions,
  leaseLock,
  type Watch,
} from '@runafter/lock';
import { Connection } from './connection.ts';
import { type LockStatements, lockStatements } from './lock-statements.ts';
import { isLimitExceeded } from './postgres-errors.ts';
import { quotedSchema } from './quoted-name.ts';
import { ReleaseListener } from './release-listener.ts';
import { withinTime } from './request-time.ts';
import type { PostgresClient } from './sessions.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link postgresLock}. */
export interface PostgresLockOptions extends LockOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
}

/**
 * Locks in PostgreSQL. Call `migrate()` before their first use.
 *
 * Who waits is told of a release by LISTEN and NOTIFY; all who wait on one lock object share one session for
 * that, which is opened beside the pool. Where notifications do not arrive, as behind a pooler in transaction
 * mode, they poll.
 *
 * @param client - a pool of yours, or how to connect: options of `pg`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const lock = postgresLock(pool);
 * await using lease = await lock.acquire('daily-report', { wait: '2m' });
 * await writeReport({ signal: lease.signal });
 */
export function postgresLock(client: PostgresClient, options: PostgresLockOptions = {}): Lock {
  return leaseLock(new PostgresLeases(client, options), options);
}

class PostgresLeases implements LeaseDriver {
  readonly name: string;
  readonly queues = false;
  readonly #statements: LockStatements;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #channel: string;
  readonly #listener: ReleaseListener;

  constructor(
    client: PostgresClient,
    { databaseSchema = 'runafter', clock = systemClock }: PostgresLockOptions,
  ) {
    this.name = `PostgreSQL locks "${databaseSchema}"`;
    this.#statements = lockStatements(quotedSchema(this.name, 'databaseSchema', databaseSchema));
    this.#connection = new Connection(this.name, client, clock);
    this.#clock = clock;
    this.#channel = `runafter_locks_${hash('sha256', databaseSchema).slice(0, 16)}`;
    this.#listener = new ReleaseListener(this.#connection, this.#channel, clock);
  }

  /** One statement where it is free; two where it is not. */
  async acquire(
    { name, owner, ttl }: AcquireRequest,
    { signal }: WaitOptions,
  ): Promise<Granted | Busy> {
    const { acquire, want, look } = this.#statements;
    const values = valuesOf({ name, owner });
    for (;;) {
      const [granted] = await this.#run<GrantedRow>(acquire, [...values, ttl], signal);
      if (granted !== undefined) return { granted: true, token: BigInt(granted.token) };
      // The mark makes the release notify, so only those set it who would hear that.
      const isHearing = this.#listener.hearsOf(toStoredText(name));
      const [holder] = await this.#run<HolderRow>(isHearing ? want : look, values, signal);
      if (holder !== undefined) return busy(holder);
      // It was released in between.
    }
  }

  async renew(request: LeaseRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    const renewed = await this.#run(this.#statements.renew, [...valuesOf(request), ttl], signal);
    return renewed.length > 0;
  }

  async release(request: LeaseRequest, { signal }: WaitOptions): Promise<void> {
    const { release, releaseUntold } = this.#statements;
    const values = valuesOf(request);
    try {
      await this.#run(release, [...values, this.#channel], signal);
    } catch (error) {
      if (!isLimitExceeded(readProperty(error, 'cause'))) throw error;
      // The server's queue of notifications is full: those who wait find out by polling.
      await this.#run(releaseUntold, values, signal);
    }
  }

  watch({ name }: LeaseRequest, wake: () => void): Watch {
    return this.#listener.watch(toStoredText(name), wake);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#connection.close();
  }

  #run<Row>(
    text: string,
    values: readonly (string | number)[],
    signal: AbortSignal | undefined,
  ): Promise<Row[]> {
    return withinTime(this.#clock, signal, (cutOff) =>
      this.#connection.run<Row>(text, values, { cutOff }),
    );
  }
}

interface GrantedRow {
  readonly token: string;
}

interface HolderRow {
  readonly owner: string;
  /** Milliseconds. */
  readonly free_in: string;
}

function busy({ owner, free_in }: HolderRow): Busy {
  return { granted: false, heldBy: fromStoredText(owner), freeIn: Math.max(0, Number(free_in)) };
}

function valuesOf({ name, owner }: LeaseRequest): string[] {
  return [toStoredText(name), toStoredText(owner)];
}
