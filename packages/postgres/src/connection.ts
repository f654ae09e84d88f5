/**
 * How all drivers of this package run statements, each in a transaction of its own.
 *
 * Invariant: a failure before the statement was sent is `not-done`; after that, postgres-errors.ts decides.
 * What was rolled back because of other transactions is run again here, so no driver sees it.
 * Read next: sessions.ts.
 * @module
 */
import { type Clock, exponential, retry, systemClock } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import type { PoolClient } from 'pg';
import {
  connectionFault,
  isConflict,
  leavesSessionUsable,
  statementFault,
} from './postgres-errors.ts';
import { type PostgresClient, Sessions } from './sessions.ts';

/** What a parameter can be. */
export type Value = string | number | null | readonly string[];

/** Options of {@link Connection.run}. */
export interface RunOptions extends CallOptions {
  /**
   * Aborting it gives up a statement that is under way, and the session with it: what became of the statement
   * is not known then. `signal` only keeps one from being sent.
   */
  readonly cutOff?: AbortSignal | undefined;
}

/** Under SERIALIZABLE all but one of N writers fail in each round: this is enough for 50 and more. */
const onConflict = exponential({
  count: 60,
  interval: 2,
  maximum: '250ms',
  totalTime: '20s',
  when: (fault) => isConflict(readProperty(fault, 'cause')),
});

/** See the module's header. */
export class Connection {
  readonly sessions: Sessions;
  readonly #service: string;
  readonly #clock: Clock;

  constructor(service: string, client: PostgresClient, clock: Clock = systemClock) {
    this.sessions = new Sessions(service, client, clock);
    this.#service = service;
    this.#clock = clock;
  }

  /**
   * Runs one statement.
   *
   * @throws {ServiceError} every fault, with PostgreSQL's error as its cause.
   */
  run<Row>(text: string, values: readonly Value[], options: RunOptions = {}): Promise<Row[]> {
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

  /** Closes what was opened here. May be called again. */
  close(): Promise<void> {
    return this.sessions.close();
  }

  #tried<T>(use: (session: PoolClient) => Promise<T>, options: RunOptions): Promise<T> {
    const { signal } = options;
    return retry(() => this.#withSession(use, options), onConflict, { clock: this.#clock, signal });
  }

  async #withSession<T>(
    use: (session: PoolClient) => Promise<T>,
    { signal, cutOff }: RunOptions,
  ): Promise<T> {
    const session = await this.sessions.take(cutOff);
    if (cutOff?.aborted) {
      session.release();
      throw connectionFault(this.#service, cutOff.reason);
    }
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
}

function ignore(): void {}
