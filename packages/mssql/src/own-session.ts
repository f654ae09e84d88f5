/**
 * One session of SQL Server, on a connection that nothing else uses, for what lives and dies with a session.
 *
 * Invariant: it is never another session in silence. When its connection ends, or a request leaves in doubt
 * what it has done, the session is over, and `ended` aborts before anything else happens.
 * @module
 */
import { mayHaveBeenDone, ServiceUnavailableError } from '@runafter/errors';
import type { ConnectionPool, config as PoolConfig } from 'mssql';
import {
  addParameters,
  type BatchParameters,
  configOf,
  loadMssql,
  type Mssql,
  type MssqlClient,
} from './mssql-client.ts';
import { requestFault } from './mssql-errors.ts';

/** See the module's header. */
export interface Session {
  /** Aborts when it is over; the reason tells why. */
  readonly ended: AbortSignal;
  /**
   * Runs one batch and gives the rows of its last result.
   *
   * @throws {ServiceError} every fault. One that is `unknown` has ended the session.
   */
  run<Row>(text: string, parameters: BatchParameters): Promise<readonly Row[]>;
  /** Ends it, with all that it has in the server. May be called again. */
  end(reason?: unknown): Promise<void>;
}

/** The client's own type of a connection has no name. */
type TdsConnection = Parameters<NonNullable<PoolConfig['beforeConnect']>>[0];

/** What no request here needs on a server that is well, in milliseconds. */
const requestTimeout = 10_000;

/**
 * Each statement is a transaction of its own, whatever the options say. And it waits only so many milliseconds
 * for a row that somebody else keeps locked: whoever shares the session waits behind it.
 */
const settings = 'SET IMPLICIT_TRANSACTIONS OFF; SET LOCK_TIMEOUT 300;';

/** Whatever a pool is told that its rows shall look like, here they are read by the names of their columns. */
const plainRows = { arrayRowMode: false, stream: false, parseJSON: false } as const;
const plainNames = { camelCaseColumns: false, columnNameReplacer: (name: string) => name };

/**
 * Opens a session to where the client connects to.
 *
 * @param closed - ends the session when it aborts, also while it is opened.
 * @param signal - ends the opening, and nothing later.
 * @throws {ServiceError} it was not to be had.
 */
export async function openSession(
  service: string,
  client: MssqlClient,
  closed: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const mssql = await loadMssql(service);
  const session = new OwnSession(service, mssql, configOf(service, mssql, client));
  const end = () => void session.end();
  session.ended.addEventListener('abort', () => closed.removeEventListener('abort', end));
  closed.addEventListener('abort', end);
  signal?.addEventListener('abort', end);
  if (closed.aborted || signal?.aborted) end();
  try {
    await session.open();
  } finally {
    signal?.removeEventListener('abort', end);
  }
  return session;
}

class OwnSession implements Session {
  readonly #service: string;
  readonly #mssql: Mssql;
  readonly #pool: ConnectionPool;
  readonly #ended = new AbortController();
  /** The pool connects once to see whether it can, and closes that again: only the next one is the session. */
  #isProbed = false;
  /** The latest: the one that probes, and then the session's. */
  #connection: TdsConnection | undefined;
  #isSession = false;
  #ending: Promise<void> | undefined;

  constructor(service: string, mssql: Mssql, config: PoolConfig) {
    this.#service = service;
    this.#mssql = mssql;
    this.#pool = new mssql.ConnectionPool({
      ...config,
      ...plainRows,
      // As many as it always keeps, so that it closes none for being idle.
      pool: { min: 1, max: 1 },
      validateConnection: 'socket',
      requestTimeout,
      options: { ...config.options, ...plainNames, requestTimeout },
      beforeConnect: (connection) => {
        config.beforeConnect?.(connection);
        this.#adopt(connection);
      },
    });
    // The request that it fails under tells it.
    this.#pool.on('error', ignore);
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  async open(): Promise<void> {
    try {
      await this.#pool.connect();
      this.#isProbed = true;
      await this.#pool.request().batch(settings);
      this.#ended.signal.throwIfAborted();
    } catch (cause) {
      const fault = requestFault(this.#service, cause);
      await this.end(fault);
      // A pool that is connecting cannot be closed, so it may not be yet.
      await this.#pool.close().catch(ignore);
      throw fault;
    }
  }

  async run<Row>(text: string, parameters: BatchParameters): Promise<readonly Row[]> {
    const { aborted, reason: cause } = this.#ended.signal;
    if (aborted) throw new ServiceUnavailableError(this.#service, 'not-done', { cause });
    try {
      const request = addParameters(this.#mssql, this.#pool.request(), parameters);
      const { recordsets } = await request.query<Row>(text);
      this.#ended.signal.throwIfAborted();
      return (recordsets as Row[][]).at(-1) ?? [];
    } catch (cause) {
      const fault = this.#faultOf(cause);
      if (mayHaveBeenDone(fault)) void this.end(fault);
      throw fault;
    }
  }

  end(reason: unknown = new Error(`${this.#service} has closed its session.`)): Promise<void> {
    this.#ended.abort(reason);
    // Not only the pool, which would wait for a request that is under way.
    this.#connection?.close();
    this.#ending ??= this.#pool.close().catch(ignore);
    return this.#ending;
  }

  #adopt(connection: TdsConnection): void {
    const loss = () => new Error(`${this.#service} has lost the connection of its session.`);
    // What the pool would put in place of the session's connection is another session.
    if (this.#isSession) void this.end(loss());
    if (this.#ended.signal.aborted) {
      connection.close();
      return;
    }
    this.#connection = connection;
    if (!this.#isProbed) return;
    this.#isSession = true;
    connection.once('end', () => void this.end(loss()));
  }

  #faultOf(cause: unknown) {
    const hasEnded = this.#ended.signal.aborted;
    return hasEnded
      ? new ServiceUnavailableError(this.#service, 'unknown', { cause })
      : requestFault(this.#service, cause);
  }
}

function ignore(): void {}
