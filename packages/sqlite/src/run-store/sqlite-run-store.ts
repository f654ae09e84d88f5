/**
 * A RunStore in an SQLite file: runs that outlive their process, and that several processes of one
 * machine can share.
 *
 * Invariant: every write is one piece of work within one transaction, and looks for itself whether its
 * writer still holds the run. What it is given is copied before the call returns. Read next: run-tables.ts
 * for the file, database.ts for how writes share a transaction.
 * @module
 */
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
import type { Database } from '../database.ts';
import { databaseOf, type SqliteFileOptions } from '../database-options.ts';
import { claimAttempt, putOutcome, readOutcomes, toOutcomeRow } from './outcome-table.ts';
import { hasEndedBefore, hideRun, sweepSlice } from './run-deletion.ts';
import { acquireLease, insertRun, releaseLease, renewLease } from './run-lease.ts';
import { listRuns } from './run-listing.ts';
import { putEnd, RunTable, readRun } from './run-table.ts';
import { keepSignal, readSignals, takeSignal } from './signal-table.ts';
import { SignalWatch } from './signal-watch.ts';
import { putState, readState, removeState } from './state-table.ts';

/** Options of {@link sqliteRunStore}. */
export interface SqliteRunStoreOptions extends SqliteFileOptions {
  /** After which runs that have ended may be deleted; Infinity to keep them. Default '30d'. */
  readonly retention?: Duration;
  /** How often to look for signals of other processes, while anybody waits for one. Default '250ms'. */
  readonly signalPoll?: Duration;
  /** By which leases expire and waits are made. All processes of a file need the same time. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of runs in a file of this machine. Several processes may use the file at the same time.
 *
 * The file is opened, created and brought up to date by the first call; when that fails, the call rejects
 * and the next one tries again. Beside the file there are two more while it is open, `-wal` and `-shm`.
 *
 * @param file - its path, or ':memory:' for a store that ends with the process. Never on a network share.
 * @returns a store whose calls may reject with a `StoreError`: `STORE_BUSY`, `STORE_FULL`,
 *   `STORE_READ_ONLY`, `STORE_CORRUPT`, `STORE_SCHEMA_NEWER`, `STORE_FOREIGN`, `STORE_CLOSED`,
 *   `STORE_OPEN_FAILED`, `STORE_IO_FAILED`.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`: `file` is empty, or `synchronous` neither of the two.
 * @example
 * const store = sqliteRunStore('runs.db');
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * await store.close();
 */
export function sqliteRunStore(file: string, options: SqliteRunStoreOptions = {}): RunStore {
  const { retention = '30d', signalPoll = '250ms', clock = systemClock, ...others } = options;
  const database = databaseOf(file, { ...others, clock });
  const forever = retention === Number.POSITIVE_INFINITY;
  return new SqliteRunStore(database, {
    clock,
    retention: forever ? retention : parseDuration(retention, 'retention'),
    signalPoll: parseDuration(signalPoll, 'signalPoll'),
  });
}

interface Settings {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly retention: number;
  /** Milliseconds. */
  readonly signalPoll: number;
}

/** See {@link sqliteRunStore}. */
export class SqliteRunStore implements RunStore {
  readonly retention: number;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #runs = new RunTable();
  readonly #watch: SignalWatch;

  constructor(database: Database, { clock, retention, signalPoll }: Settings) {
    this.#database = database;
    this.#clock = clock;
    this.retention = retention;
    this.#watch = new SignalWatch(database, clock, signalPoll);
  }

  async createRun(
    run: NewRun,
    lease: LeaseRequest,
  ): Promise<{ state: 'created'; token: number } | { state: 'exists' }> {
    const [newRun, request] = [{ ...run }, { ...lease }];
    return await this.#database.write((connection) => {
      if (this.#runs.find(connection, newRun.runId) !== undefined) return { state: 'exists' };
      return { state: 'created', token: insertRun(connection, newRun, request, this.#clock.now()) };
    });
  }

  readRun(runId: string): Promise<StoredRun | undefined> {
    return this.#database.read((connection) => readRun(connection, runId));
  }

  listRuns(query: RunQuery = {}): AsyncIterable<StoredRun> {
    return listRuns(this.#database, query);
  }

  async deleteRun(
    runId: string,
    { endedBefore }: Pick<RunQuery, 'endedBefore'> = {},
  ): Promise<boolean> {
    const isDeleted = await this.#database.write((connection) => {
      const run = this.#runs.find(connection, runId);
      if (run === undefined || !hasEndedBefore(connection, run.number, endedBefore)) return false;
      hideRun(connection, run.number);
      this.#runs.forget(runId);
      return true;
    });
    await this.#sweep();
    return isDeleted;
  }

  async acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    const request = { ...lease };
    return await this.#database.write((connection) => {
      this.#runs.forget(runId);
      return acquireLease(connection, runId, request, this.#clock.now());
    });
  }

  async renewLease({ runId, token }: Writer, ttl: number): Promise<boolean> {
    return await this.#database.write((connection) =>
      renewLease(connection, runId, token, this.#clock.now() + ttl),
    );
  }

  async releaseLease({ runId, token }: Writer): Promise<void> {
    await this.#database.write((connection) => releaseLease(connection, runId, token));
  }

  async claimAttempt(runId: string, place: Place, attempt: number): Promise<number | undefined> {
    const { frame, key } = place;
    return await this.#database.write((connection) => {
      const run = this.#runs.find(connection, runId);
      if (run === undefined || run.hasEnded) return undefined;
      return claimAttempt(connection, run.number, { frame, key }, attempt);
    });
  }

  async recordOutcome({ runId, token }: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const writer = { runId, token };
    const { forgetState } = entry;
    const row = toOutcomeRow(entry.outcome);
    const signals = [...(entry.signals ?? [])];
    return await this.#database.write((connection) => {
      const run = this.#runs.findFor(connection, writer)?.number;
      if (run === undefined) return 'fenced';
      if (putOutcome(connection, run, row) === 'duplicate') return 'duplicate';
      for (const signal of signals) takeSignal(connection, run, signal);
      if (forgetState !== undefined) removeState(connection, run, forgetState);
      return 'recorded';
    });
  }

  readFrame(
    runId: string,
    frame: string,
    query: FrameQuery = {},
  ): Promise<readonly StoredOutcome[]> {
    return this.#database.read((connection) => readOutcomes(connection, runId, frame, query));
  }

  async saveState({ runId, token }: Writer, path: string, state: string): Promise<boolean> {
    const writer = { runId, token };
    return await this.#database.write((connection) => {
      const run = this.#runs.findFor(connection, writer);
      if (run !== undefined) putState(connection, run.number, path, state);
      return run !== undefined;
    });
  }

  readState(runId: string, path: string): Promise<string | undefined> {
    return this.#database.read((connection) => readState(connection, runId, path));
  }

  async putSignal(
    runId: string,
    signal: NewSignal,
  ): Promise<'kept' | 'duplicate' | 'stale' | 'ended' | 'unknown'> {
    const newSignal = { ...signal, delivery: signal.delivery && { ...signal.delivery } };
    const answer = await this.#database.write((connection) => {
      const run = this.#runs.find(connection, runId);
      if (run === undefined) return 'unknown';
      return run.hasEnded ? 'ended' : keepSignal(connection, run.number, newSignal);
    });
    if (typeof answer === 'string') return answer;
    this.#watch.wake(runId, answer);
    return 'kept';
  }

  readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    return this.#database.read((connection) => readSignals(connection, runId, after));
  }

  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return this.#watch.subscribe(runId, listener);
  }

  async endRun({ runId, token }: Writer, end: RunEnd): Promise<boolean> {
    const writer = { runId, token };
    const { status, error, endTime } = end;
    const copy = { status, error: error && { code: error.code, message: error.message }, endTime };
    return await this.#database.write((connection) => {
      const run = this.#runs.findFor(connection, writer);
      if (run === undefined) return false;
      putEnd(connection, run.number, copy);
      this.#runs.forget(runId);
      return true;
    });
  }

  close(): Promise<void> {
    this.#watch.close();
    return this.#database.close();
  }

  /** Slice by slice, so that other writes come in between. A store that is closed meanwhile leaves the rest. */
  async #sweep(): Promise<void> {
    let isLeft = true;
    while (isLeft && !this.#database.isClosing) {
      isLeft = await this.#database.write((connection) => sweepSlice(connection, this.#clock));
    }
  }
}
