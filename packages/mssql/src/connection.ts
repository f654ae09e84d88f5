/**
 * One way to SQL Server for all drivers of this package, over a pool that it was given or has made.
 *
 * Invariant: every value travels as a parameter. What was rolled back because of other transactions is
 * run again here, so no driver sees it. Read next: mssql-errors.ts, which says how a failure ended.
 * @module
 */
import { type Clock, exponential, retry, systemClock } from '@runafter/clock';
import { readProperty, ServiceClientMissingError, ServiceClosedError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import type { ConnectionPool, config as PoolConfig, Request } from 'mssql';
import { isConflict, requestFault } from './mssql-errors.ts';

/**
 * A connected pool of yours, which stays yours; or how to connect, as options of `mssql` or as a connection
 * string: then a pool is made at the first call, and closed by `close()`.
 */
export type MssqlClient = ConnectionPool | PoolConfig | string;

/**
 * A parameter: a text of at most so many characters (`max` is more than 4,000), or a bigint. The length
 * is that of the column, not of the value, so that the server keeps one plan for all values.
 */
export type Parameter =
  | { readonly text: string | null; readonly length: number | 'max' }
  | { readonly bigint: bigint | null };

/** How often a conflict is worth another try. */
const onConflict = exponential({
  count: 60,
  interval: 2,
  maximum: '250ms',
  totalTime: '20s',
  when: (fault) => isConflict(readProperty(fault, 'cause')),
});

type Mssql = typeof import('mssql');

/** See the module's header. */
export class Connection {
  readonly #service: string;
  readonly #client: MssqlClient;
  readonly #clock: Clock;
  #own: Promise<ConnectionPool> | undefined;
  #mssql: Mssql | undefined;
  #isClosed = false;

  constructor(service: string, client: MssqlClient, clock: Clock = systemClock) {
    this.#service = service;
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Runs one batch and gives the rows of its last result. Each statement in it is a transaction of its
   * own, unless the batch says otherwise.
   *
   * @throws {ServiceError} every fault, with the client's error as its cause.
   */
  run<Row>(
    text: string,
    parameters: Readonly<Record<string, Parameter>>,
    { signal }: CallOptions = {},
  ): Promise<readonly Row[]> {
    const once = () => this.#send<Row>(text, parameters, signal);
    return retry(once, onConflict, { clock: this.#clock, signal });
  }

  /** Closes the pool, if it was made here. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const own = this.#own;
    this.#own = undefined;
    await own?.then((pool) => pool.close(), ignore);
  }

  async #send<Row>(
    text: string,
    parameters: Readonly<Record<string, Parameter>>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Row[]> {
    if (this.#isClosed) throw new ServiceClosedError(this.#service);
    this.#mssql ??= await loadMssql(this.#service);
    const mssql = this.#mssql;
    try {
      const request = (await this.#pool(mssql)).request();
      for (const [name, parameter] of Object.entries(parameters)) {
        addParameter(mssql, request, name, parameter);
      }
      signal?.throwIfAborted();
      // Not cancelled later: a batch that stops half-way could leave its transaction open in the pool.
      const { recordsets } = await request.query<Row>(text);
      return (recordsets as Row[][]).at(-1) ?? [];
    } catch (error) {
      signal?.throwIfAborted();
      throw requestFault(this.#service, error);
    }
  }

  #pool(mssql: Mssql): Promise<ConnectionPool> | ConnectionPool {
    if (isPool(this.#client)) return this.#client;
    if (this.#own !== undefined) return this.#own;
    const own = openPool(mssql, this.#client);
    this.#own = own;
    // Whoever comes after a failure tries to connect anew.
    own.catch(() => {
      if (this.#own === own) this.#own = undefined;
    });
    return own;
  }
}

function isPool(client: MssqlClient): client is ConnectionPool {
  return typeof readProperty(client, 'request') === 'function';
}

async function loadMssql(service: string): Promise<Mssql> {
  const { default: mssql } = await import('mssql').catch((cause: unknown) => {
    throw readProperty(cause, 'code') === 'ERR_MODULE_NOT_FOUND'
      ? new ServiceClientMissingError(service, 'mssql', { cause })
      : cause;
  });
  return mssql;
}

async function openPool(mssql: Mssql, options: PoolConfig | string): Promise<ConnectionPool> {
  const config =
    typeof options === 'string' ? mssql.ConnectionPool.parseConnectionString(options) : options;
  // By default the client asks `SELECT 1` before each request, which doubles the round trips.
  const pool = new mssql.ConnectionPool({ validateConnection: 'socket', ...config });
  // A session that breaks is taken out of the pool, and its request fails; nobody else needs to hear of it.
  pool.on('error', ignore);
  return pool.connect();
}

function addParameter(mssql: Mssql, request: Request, name: string, parameter: Parameter): void {
  if ('bigint' in parameter) {
    request.input(name, mssql.BigInt, parameter.bigint);
    return;
  }
  const length = parameter.length === 'max' ? mssql.MAX : parameter.length;
  request.input(name, mssql.NVarChar(length), parameter.text);
}

function ignore(): void {}
