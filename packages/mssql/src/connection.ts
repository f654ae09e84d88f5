/**
 * One way to SQL Server for all drivers of this package, over a pool that it was given or has made.
 *
 * Invariant: what was rolled back because of other transactions is run again here, so no driver sees it.
 * Read next: mssql-errors.ts, which says how a failure ended.
 * @module
 */
import { type Clock, exponential, retry, systemClock } from '@runafter/clock';
import { readProperty, ServiceClosedError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import type { ConnectionPool } from 'mssql';
import {
  addParameters,
  type BatchParameters,
  configOf,
  isPool,
  loadMssql,
  type Mssql,
  type MssqlClient,
} from './mssql-client.ts';
import { isConflict, requestFault } from './mssql-errors.ts';

/** How often a conflict is worth another try. */
const onConflict = exponential({
  count: 60,
  interval: 2,
  maximum: '250ms',
  totalTime: '20s',
  when: (fault) => isConflict(readProperty(fault, 'cause')),
});

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
    parameters: BatchParameters,
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
    parameters: BatchParameters,
    signal: AbortSignal | undefined,
  ): Promise<readonly Row[]> {
    if (this.#isClosed) throw new ServiceClosedError(this.#service);
    this.#mssql ??= await loadMssql(this.#service);
    const mssql = this.#mssql;
    try {
      const request = addParameters(mssql, (await this.#pool(mssql)).request(), parameters);
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
    const own = openPool(this.#service, mssql, this.#client);
    this.#own = own;
    // Whoever comes after a failure tries to connect anew.
    own.catch(() => {
      if (this.#own === own) this.#own = undefined;
    });
    return own;
  }
}

async function openPool(
  service: string,
  mssql: Mssql,
  client: MssqlClient,
): Promise<ConnectionPool> {
  const config = configOf(service, mssql, client);
  // By default the client asks `SELECT 1` before each request, which doubles the round trips.
  const pool = new mssql.ConnectionPool({ validateConnection: 'socket', ...config });
  // A session that breaks is taken out of the pool, and its request fails; nobody else needs to hear of it.
  pool.on('error', ignore);
  return pool.connect();
}

function ignore(): void {}
