/**
 * A RunStore in PostgreSQL: runs that outlive their process, and that processes on any machines share.
 *
 * Invariant: every write is done by one function in the database, under the lock of its run, and looks there
 * whether its writer still holds the run. Nothing of a session is relied upon but what listens.
 * Read next: write-runs.ts, that function; write-queue.ts, how writes share a transaction.
 * @module
 */
import { hash, randomUUID } from 'node:crypto';
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import type {
  FrameQuery,
  LeaseAnswer,
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  Recorded,
  RunEnd,
  RunQuery,
  RunStore,
  StoredOutcome,
  StoredRun,
  StoredSignal,
  Writer,
} from '@runafter/core';
import { Connection, type Value } from '../connection.ts';
import { quotedSchema } from '../quoted-name.ts';
import { withinTime } from '../request-time.ts';
import type { PostgresClient } from '../sessions.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';
import {
  acquireCall,
  claimCall,
  createCall,
  deleteCall,
  endCall,
  type RunCall,
  recordCall,
  saveCall,
  signalCall,
} from './run-call.ts';
import { toStoredBound, toStoredKey } from './run-key.ts';
import { listRuns } from './run-listing.ts';
import {
  type OutcomeRow,
  type RunRow,
  type SignalRow,
  toOutcome,
  toRun,
  toSignal,
} from './run-rows.ts';
import { type RunStatements, runStatements } from './run-statements.ts';
import { toPayload } from './signal-notice.ts';
import { SignalNotifier } from './signal-notifier.ts';
import { SignalWatch } from './signal-watch.ts';
import { type Visit, WriteQueue } from './write-queue.ts';

/** Options of {@link postgresRunStore}. */
export interface PostgresRunStoreOptions {
  /** After which runs that have ended may be deleted; Infinity to keep them. Default '30d'. */
  readonly retention?: Duration | undefined;
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
  /**
   * How often to look for signals of others while somebody waits for one and notifications do not arrive, as
   * behind a pooler; where they do, it is 20 times as long. Default '250ms'.
   */
  readonly signalPoll?: Duration | undefined;
  /** By which requests end that take too long. Leases expire by the server's. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of runs in PostgreSQL. Call `migrate()` before its first use.
 *
 * Writes that are called while others are under way share a transaction; it takes at most two sessions of the
 * pool for them, and a third one to notify others of signals. While somebody waits for a signal, one session more listens, beside the pool.
 *
 * @param client - a `pg` pool of yours, or how to connect: options of `pg`, or a connection string.
 * @returns a store whose calls may reject with a `ServiceError`: `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`,
 *   `SERVICE_CLOSED`, `SERVICE_CLIENT_MISSING`. Where its `outcome` is `unknown`, a write may have been done:
 *   none is sent a second time.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const store = postgresRunStore(pool);
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * await store.close();
 */
export function postgresRunStore(
  client: PostgresClient,
  options: PostgresRunStoreOptions = {},
): RunStore {
  return new PostgresRunStore(client, options);
}

/** So many rows are deleted in one transaction: they may hold a megabyte each. */
const sweepSize = 500;

class PostgresRunStore implements RunStore {
  readonly retention: number;
  /** Quoted. */
  readonly #schema: string;
  readonly #statements: RunStatements;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #channel: string;
  /** Whose signals this store's are, for those who listen. */
  readonly #sender = randomUUID();
  readonly #writes: WriteQueue;
  readonly #notifier = new SignalNotifier((payloads) => this.#notify(payloads));
  readonly #watch: SignalWatch;

  constructor(client: PostgresClient, options: PostgresRunStoreOptions) {
    const { retention = '30d', databaseSchema = 'runafter' } = options;
    const { signalPoll = '250ms', clock = systemClock } = options;
    const name = `PostgreSQL runs "${databaseSchema}"`;
    const forever = retention === Number.POSITIVE_INFINITY;
    this.retention = forever ? retention : parseDuration(retention, 'retention');
    this.#schema = quotedSchema(name, 'databaseSchema', databaseSchema);
    this.#statements = runStatements(this.#schema);
    this.#connection = new Connection(name, client, clock);
    this.#clock = clock;
    this.#channel = `runafter_runs_${hash('sha256', databaseSchema).slice(0, 16)}`;
    this.#writes = new WriteQueue(name, (visits) => this.#send(visits));
    this.#watch = new SignalWatch(this.#connection, this.#channel, this.#sender, {
      clock,
      poll: parseDuration(signalPoll, 'signalPoll'),
      newest: (runIds) => this.#lastSignals(runIds),
    });
  }

  async createRun(
    run: NewRun,
    lease: LeaseRequest,
  ): Promise<{ state: 'created'; token: number } | { state: 'exists' }> {
    return await this.#write(run.runId, createCall(run, lease));
  }

  async readRun(runId: string): Promise<StoredRun | undefined> {
    const [row] = await this.#read<RunRow>('readRun', [toStoredText(runId)]);
    return row && toRun(row);
  }

  listRuns(query: RunQuery = {}): AsyncIterable<StoredRun> {
    return listRuns(this.#schema, query, ({ text, values }) =>
      this.#connection.run<RunRow>(text, values),
    );
  }

  async deleteRun(
    runId: string,
    { endedBefore }: Pick<RunQuery, 'endedBefore'> = {},
  ): Promise<boolean> {
    const isDeleted = await this.#write<boolean>(runId, deleteCall(endedBefore));
    // What is left by a failure is seen by nobody, and goes with the next run that is deleted.
    await this.#sweep().catch(() => {});
    return isDeleted;
  }

  async acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    const answer = await this.#write<AcquireReply>(runId, acquireCall(lease));
    if (answer.state === 'unknown') return answer;
    if (answer.state === 'held') {
      const { holder, expiresAt } = answer;
      return { state: 'held', lease: { holder: fromStoredText(holder), expiresAt } };
    }
    const { token, expired } = answer;
    return {
      ...{ state: 'granted', token },
      ...(expired !== null && { expired: fromStoredText(expired) }),
    };
  }

  renewLease({ runId, token }: Writer, ttl: number): Promise<boolean> {
    return this.#write(runId, { call: 'renewLease', token, ttl });
  }

  async releaseLease({ runId, token }: Writer): Promise<void> {
    await this.#write(runId, { call: 'releaseLease', token });
  }

  async claimAttempt(runId: string, place: Place, attempt: number): Promise<number | undefined> {
    const delivery = await this.#write<number | null>(runId, claimCall(place, attempt));
    return delivery ?? undefined;
  }

  async recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    return await this.#write(writer.runId, recordCall(writer, entry));
  }

  async readFrame(
    runId: string,
    frame: string,
    { after, keys, statuses, limit }: FrameQuery = {},
  ): Promise<readonly StoredOutcome[]> {
    const rows = await this.#read<OutcomeRow>('readFrame', [
      toStoredText(runId),
      toStoredText(frame),
      after === undefined ? null : toStoredBound(after),
      keys === undefined ? null : keys.map(toStoredKey),
      statuses ?? null,
      limit ?? null,
    ]);
    return rows.map((row) => toOutcome(frame, row));
  }

  saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    return this.#write(writer.runId, saveCall(writer, path, state));
  }

  async readState(runId: string, path: string): Promise<string | undefined> {
    const values = [toStoredText(runId), toStoredText(path)];
    const [row] = await this.#read<{ state: string }>('readState', values);
    return row && fromStoredText(row.state);
  }

  async putSignal(
    runId: string,
    signal: NewSignal,
  ): Promise<'kept' | 'duplicate' | 'stale' | 'ended' | 'unknown'> {
    const { event, correlate, payload, id } = signal;
    try {
      const answer = await this.#write<SignalReply>(runId, signalCall(signal));
      if (typeof answer !== 'number') return answer;
      this.#tell(runId, { number: answer, event, correlate, payload, id });
      return 'kept';
    } catch (error) {
      // It may have been kept.
      this.#watch.wake(runId);
      throw error;
    }
  }

  async readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    const rows = await this.#read<SignalRow>('readSignals', [toStoredText(runId), `${after}`]);
    return rows.map(toSignal);
  }

  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return this.#watch.subscribe(runId, listener);
  }

  async endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    return await this.#write(writer.runId, endCall(writer, end));
  }

  async close(): Promise<void> {
    await Promise.all([this.#watch.close(), this.#writes.close()]);
    await this.#notifier.close();
    await this.#connection.close();
  }

  async #write<Answer>(runId: string, call: RunCall): Promise<Answer> {
    return (await this.#writes.write(toStoredText(runId), call)) as Answer;
  }

  async #read<Row>(statement: keyof RunStatements, values: readonly Value[]): Promise<Row[]> {
    return await this.#connection.run<Row>(this.#statements[statement], values);
  }

  /** Tells those who have subscribed here, and those elsewhere. */
  #tell(runId: string, signal: StoredSignal): void {
    this.#notifier.tell(toPayload(this.#sender, runId, signal));
    this.#watch.wake(runId, signal);
  }

  async #notify(payloads: readonly string[]): Promise<void> {
    const values = [this.#channel, payloads];
    await withinTime(this.#clock, undefined, (cutOff) =>
      this.#connection.run(this.#statements.notify, values, { cutOff }),
    );
  }

  async #send(visits: readonly Visit[]): Promise<readonly unknown[]> {
    const values = [JSON.stringify(visits)];
    const rows = await withinTime(this.#clock, undefined, (cutOff) =>
      this.#connection.run<{ answer: string | null }>(this.#statements.write, values, { cutOff }),
    );
    return rows.map(({ answer }) => answer && JSON.parse(answer));
  }

  async #lastSignals(runIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const values = [runIds.map(toStoredText)];
    const rows = await this.#read<{ id: string; last_signal: string }>('lastSignals', values);
    return new Map(rows.map(({ id, last_signal }) => [fromStoredText(id), Number(last_signal)]));
  }

  /** Slice by slice. A store that is closed meanwhile leaves the rest. */
  async #sweep(): Promise<void> {
    for (let isLeft = true; isLeft; ) {
      const [row] = await this.#read<{ is_left: string }>('sweep', [sweepSize]);
      isLeft = row?.is_left === 'true';
    }
  }
}

type SignalReply = number | 'duplicate' | 'stale' | 'ended' | 'unknown';

type AcquireReply =
  | { readonly state: 'unknown' }
  | { readonly state: 'granted'; readonly token: number; readonly expired: string | null }
  | { readonly state: 'held'; readonly holder: string; readonly expiresAt: number };
