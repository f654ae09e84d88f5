/**
 * One way to PostgreSQL for all drivers of this package, over a pool that it was given or has made.
 *
 * Invariant: a failure before the statement was sent is `not-done`; after that, postgres-errors.ts decides.
 * What was rolled back because of other transactions is run again here, so no driver sees it.
 * @module
 */
import { type Clock, exponential, retry, systemClock, untilAborted } from '@runafter/clock';
import { readProperty, ServiceClientMissingError, ServiceClosedError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import {
  connectionFault,
  isConflict,
  leavesSessionUsable,
  statementFault,
} from './postgres-errors.ts';

/**
 * A pool of yours, which stays yours; or how to connect, as options of `pg` or as a connection string: then
 * a pool is made at the first call, and closed by `close()`.
 */
export type PostgresClient = Pool | PoolConfig | string;

/** Options of {@link Connection.run}. */
export interface RunOptions extends CallOptions {
  /**
   * Aborting it gives up a statement that is under way, and the session with it: what became of the statement
   * is not known then. `signal` only keeps one from being sent.
   */
  readonly cutOff?: AbortSignal | undefined;
}

/** What a client of `pg` can do beside what its types say. */
type UnreferencedClient = Client & { unref(): void };

/** Under SERIALIZABLE all but one of N writers fail in each round: this is enough for 50 and more. */
const onConflict = exponential({
  count: 60,
  interval: 2,
  maximum: '250ms',
  totalTime: '20s',
  when: (fault) => isConflict(readProperty(fault, 'cause')),
});

/** How long a pool of our own waits, in milliseconds, unless the options say otherwise. */
const patience = { connectionTimeoutMillis: 10_000, query_timeout: 30_000 };

/** See the module's header. */
export class Connection {
  readonly #service: string;
  readonly #client: PostgresClient;
  readonly #clock: Clock;
  #own: Promise<Pool> | undefined;
  #isClosed = false;

  constructor(service: string, client: PostgresClient, clock: Clock = systemClock) {
    this.#service = service;
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Runs one statement, in a transaction of its own.
   *
   * @throws {ServiceError} every fault, with PostgreSQL's error as its cause.
   */
  run<Row>(
    text: string,
    values: readonly (string | number | null)[],
    options: RunOptions = {},
  ): Promise<Row[]> {
    const query = async (session: PoolClient) => (await session.query(text, [...values])).rows;
    return this.#tried(query, options);
  }

  /** Runs several statements that have no parameters, and that say themselves what is a transaction. */
  async runScript(text: string, options: CallOptions = {}): Promise<void> {
    const script = async (session: PoolClient) => {
      try {
        await session.query(text);
      } catch (error) {
        // Its transaction is still open: whoever gets the session next could do nothing in it.
        if (leavesSessionUsable(error)) await session.query('ROLLBACK').catch(ignore);
        throw error;
      }
    };
    await this.#tried(script, options);
  }

  /**
   * A session of its own beside the pool, with the pool's options, for what lasts. It is not connected yet,
   * whoever gets it ends it, and it does not keep the process alive.
   *
   * @throws {TypeError} for a pool that is not one of `pg`.
   */
  async sessionBeside(): Promise<Client> {
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
    await (await own)?.end();
  }

  #tried<T>(use: (session: PoolClient) => Promise<T>, options: RunOptions): Promise<T> {
    const { signal } = options;
    return retry(() => this.#withSession(use, options), onConflict, { clock: this.#clock, signal });
  }

  async #withSession<T>(
    use: (session: PoolClient) => Promise<T>,
    { signal, cutOff }: RunOptions,
  ): Promise<T> {
    const session = await this.#session(cutOff);
    // A session that breaks says so twice: as the statement's failure, and as this event.
    session.on('error', ignore);
    let failure: unknown;
    let release = (isOver: boolean) => {
      release = ignore;
      session.release(isOver);
    };
    // Its statement then fails, as one does whose session is over.
    const cut = () => release(true);
    cutOff?.addEventListener('abort', cut, { once: true });
    try {
      signal?.throwIfAborted();
      return await use(session);
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      failure = error;
      throw statementFault(this.#service, error);
    } finally {
      cutOff?.removeEventListener('abort', cut);
      session.off('error', ignore);
      release(failure !== undefined && !leavesSessionUsable(failure));
    }
  }

  /** Does not wait for a free one any longer when it is cut off. */
  async #session(cutOff: AbortSignal | undefined): Promise<PoolClient> {
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

  async #pool(): Promise<Pool> {
    if (this.#isClosed) throw new ServiceClosedError(this.#service);
    return isPool(this.#client) ? this.#client : await this.#ownPool(this.#client);
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
  const pool = new pg.Pool({ ...patience, ...config });
  // An idle session that breaks is taken out of the pool; the next call opens another one.
  pool.on('error', ignore);
  // The pool stops listening to a session before its connection is closed.
  pool.on('connect', (session) => session.on('error', ignore));
  return pool;
}

function ignore(): void {}
