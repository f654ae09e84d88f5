/**
 * Locks in SQL Server: application locks of one session, which the lock object has for itself.
 *
 * Invariant: whoever holds a lock holds it for as long as the session is there, and is told when it ends. The
 * session does one thing at a time, in the order in which it is asked.
 * Read next: session-locks.ts, who has what; own-session.ts, how its end is noticed.
 * @module
 */
import { type Clock, concurrencyLimiter, systemClock, type WaitOptions } from '@runafter/clock';
import { ServiceClosedError } from '@runafter/errors';
import {
  type AcquireRequest,
  type Busy,
  type Granted,
  type LeaseDriver,
  type LeaseRequest,
  type Lock,
  type LockOptions,
  leaseLock,
  type TtlBounds,
} from '@runafter/lock';
import type { MssqlClient } from './mssql-client.ts';
import { openSession } from './own-session.ts';
import { quotedSchema } from './quoted-name.ts';
import { SessionLocks } from './session-locks.ts';

/** Options of {@link mssqlLock}. */
export interface MssqlLockOptions extends LockOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
}

/**
 * Locks in SQL Server. Call `migrate()` before their first use.
 *
 * All leases of one lock object live on one connection, which it opens for itself at the first call: when that
 * ends, they are all lost together. Make another object for what must not share this. The connection keeps the
 * process alive while there is a lease, and for half a minute after the last; `close()` ends it.
 *
 * @param client - a pool of yours, or how to connect: options of `mssql`, or a connection string. Of a pool
 * only the options are used.
 * @param options.ttl - how long a holder believes without hearing from the server: at most '30s'. The server
 * itself keeps a lock for as long as the connection is there.
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const lock = mssqlLock(pool);
 * await using lease = await lock.acquire('daily-report');
 * await writeReport({ signal: lease.signal });
 */
export function mssqlLock(client: MssqlClient, options: MssqlLockOptions = {}): Lock {
  return leaseLock(new MssqlLeases(client, options), options);
}

/** After what time without a lease the session is closed, in milliseconds. The next call opens another one. */
const idleTime = 30_000;

interface TurnOptions extends WaitOptions {
  readonly priority: number;
}

/** Whose turn is next: a lease must not end because many others want one. */
const asking = 0;
const keeping = 1;

class MssqlLeases implements LeaseDriver {
  readonly name: string;
  readonly queues = false;
  /** So that a holder who is cut off stops believing before SQL Server gives up his connection, after 30 s. */
  readonly ttlBounds: TtlBounds = { shortest: 10, longest: 30_000, step: 1 };
  readonly #client: MssqlClient;
  readonly #clock: Clock;
  readonly #schema: string;
  readonly #turns = concurrencyLimiter(1, { tellsWaits: false });
  readonly #closed = new AbortController();
  #locks: SessionLocks | undefined;
  #cancelIdle = () => {};

  constructor(client: MssqlClient, options: MssqlLockOptions) {
    const { databaseSchema = 'runafter', clock = systemClock } = options;
    this.name = `SQL Server locks "${databaseSchema}"`;
    this.#schema = quotedSchema(this.name, 'databaseSchema', databaseSchema);
    this.#client = client;
    this.#clock = clock;
  }

  acquire(request: AcquireRequest, { signal }: WaitOptions): Promise<Granted | Busy> {
    return this.#inTurn({ signal, priority: asking }, async () => {
      const locks = await this.#open(signal);
      return await locks.acquire(request);
    });
  }

  renew(request: LeaseRequest, _ttl: number, { signal }: WaitOptions): Promise<boolean> {
    const work = async () => this.#locks?.renew(request) ?? false;
    return this.#inTurn({ signal, priority: keeping }, work);
  }

  /** Keeps its turn when nobody waits for it any more: the server would keep the lock for ever. */
  release(request: LeaseRequest): Promise<void> {
    return this.#inTurn({ priority: keeping }, async () => this.#locks?.release(request));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#cancelIdle();
    await this.#locks?.end();
  }

  /** What was sent is waited for, at most as long as a request may take: only the reply tells what is there now. */
  async #inTurn<R>(place: TurnOptions, work: () => Promise<R>): Promise<R> {
    using _turn = await this.#turns.acquire(place);
    this.#cancelIdle();
    try {
      return await work();
    } finally {
      this.#endWhenIdle();
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<SessionLocks> {
    const { signal: closed } = this.#closed;
    if (closed.aborted) throw new ServiceClosedError(this.name);
    if (this.#locks === undefined || this.#locks.hasEnded) {
      const session = await openSession(this.name, this.#client, closed, signal);
      this.#locks = new SessionLocks(this.name, this.#schema, session);
    }
    return this.#locks;
  }

  #endWhenIdle(): void {
    const locks = this.#locks;
    if (locks === undefined || locks.hasEnded || !locks.isEmpty) return;
    this.#cancelIdle = this.#clock.setTimer(idleTime, () => void locks.end(), { ref: false });
  }
}
