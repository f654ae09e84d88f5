/**
 * The sessions that this package works with: of a pool that it was given, or of one that it has made.
 *
 * Invariant: what was made here is closed here, and keeps no process alive; what was given stays as it is.
 * Read next: connection.ts, what is done with a session.
 * @module
 */
import { type Clock, untilAborted } from '@runafter/clock';
import { readProperty, ServiceClientMissingError, ServiceClosedError } from '@runafter/errors';
import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import { connectionFault } from './postgres-errors.ts';
import { untilEnded } from './until-ended.ts';

/**
 * A pool of yours, which stays yours; or how to connect, as options of `pg` or as a connection string: then
 * a pool is made at the first call, and closed by `close()`.
 */
export type PostgresClient = Pool | PoolConfig | string;

/** What a client of `pg` can do beside what its types say. */
export type UnreferencedClient = Client & { unref(): void };

/** What a pool of our own does unless the options say otherwise. Times are milliseconds. */
const ownPool = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 30_000,
  allowExitOnIdle: true,
};

/** How long closing takes at most, in milliseconds: a session that hangs ends with the process. */
const longestEnd = 10_000;

/** See the module's header. */
export class Sessions {
  readonly #service: string;
  readonly #client: PostgresClient;
  readonly #clock: Clock;
  #own: Promise<Pool> | undefined;
  #isClosed = false;

  constructor(service: string, client: PostgresClient, clock: Clock) {
    this.#service = service;
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * One of the pool, to be released. It is not waited for any longer when `cutOff` aborts.
   *
   * @throws {ServiceError} for whatever keeps it from being had, with the client's error as its cause.
   */
  async take(cutOff: AbortSignal | undefined): Promise<PoolClient> {
    const pool = await this.#pool();
    let connecting: Promise<PoolClient> | undefined;
    try {
      connecting = pool.connect();
      return await untilAborted(cutOff, connecting);
    } catch (error) {
      if (cutOff?.aborted) connecting?.then((session) => session.release(), ignore);
      throw connectionFault(this.#service, error);
    }
  }

  /**
   * One of its own beside the pool, with the pool's options, for what lasts. It is not connected yet,
   * whoever gets it ends it, and it does not keep the process alive.
   *
   * @throws {TypeError} for a pool that is not one of `pg`.
   */
  async beside(): Promise<UnreferencedClient> {
    const pool = (await this.#pool()) as Pool & {
      readonly Client: new (options: PoolConfig) => UnreferencedClient;
    };
    const session = new pool.Client(pool.options);
    session.unref();
    return session;
  }

  /** Closes the pool, if it was made here. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const own = this.#own;
    this.#own = undefined;
    const pool = await own;
    if (pool !== undefined) await untilEnded(pool.end(), longestEnd, this.#clock);
  }

  async #pool(): Promise<Pool> {
    if (this.#isClosed) throw new ServiceClosedError(this.#service);
    const pool = isPool(this.#client) ? this.#client : await this.#ownPool(this.#client);
    if (pool.ending) throw new ServiceClosedError(this.#service);
    return pool;
  }

  #ownPool(options: PoolConfig | string): Promise<Pool> {
    this.#own ??= openPool(this.#service, options);
    return this.#own;
  }
}

function isPool(client: PostgresClient): client is Pool {
  return typeof readProperty(client, 'connect') === 'function';
}

async function openPool(service: string, options: PoolConfig | string): Promise<Pool> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    throw readProperty(cause, 'code') === 'ERR_MODULE_NOT_FOUND'
      ? new ServiceClientMissingError(service, 'pg', { cause })
      : cause;
  });
  const config = typeof options === 'string' ? { connectionString: options } : options;
  const pool = new pg.Pool({ ...ownPool, ...config });
  // An idle session that breaks is taken out of the pool; the next call opens another one.
  pool.on('error', ignore);
  // The pool stops listening to a session before its connection is closed.
  pool.on('connect', (session) => session.on('error', ignore));
  return pool;
}

function ignore(): void {}
