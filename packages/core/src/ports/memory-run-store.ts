/**
 * A RunStore in this process's memory: for tests, and for runs that need not outlive their process.
 *
 * Every call does its work before it returns its promise: that alone makes it one atomic step, in the
 * order of the calls. What is stored is a frozen copy, so nobody can change it from outside and readers
 * can share it. Read next: memory-frame.ts, the outcomes of one body.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { frozenError, MemoryFrame } from './memory-frame.ts';
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
  RunLease,
  RunQuery,
  RunStore,
  StoredOutcome,
  StoredRun,
  StoredSignal,
  Writer,
} from './run-store.ts';

/** Options of {@link memoryRunStore}. */
export interface MemoryRunStoreOptions {
  /** By which leases expire. Default: the system's. */
  readonly clock?: Clock;
  /** After which runs that have ended may be deleted; Infinity to keep them. Default '30d'. */
  readonly retention?: Duration;
}

/**
 * Makes an empty store in memory. Engines that share it behave as processes that share a database.
 *
 * @throws {DurationError} `DURATION_INVALID`: `retention` is neither a duration nor Infinity.
 * @example
 * const store = memoryRunStore();
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * for await (const { runId, end } of store.listRuns()) console.log(runId, end?.status);
 */
export function memoryRunStore(options: MemoryRunStoreOptions = {}): RunStore {
  const { clock = systemClock, retention = '30d' } = options;
  const forever = retention === Number.POSITIVE_INFINITY;
  return new MemoryRunStore(clock, forever ? retention : parseDuration(retention, 'retention'));
}

/** A run and everything of it. */
interface Entry {
  readonly run: NewRun;
  end: RunEnd | undefined;
  /** The newest one that was granted. */
  token: number;
  lease: RunLease | undefined;
  readonly frames: Map<string, MemoryFrame>;
  readonly states: Map<string, string>;
  readonly signals: Map<number, StoredSignal>;
  readonly signalIds: Set<string>;
  lastSignal: number;
}

class MemoryRunStore implements RunStore {
  readonly retention: number;
  readonly #clock: Clock;
  readonly #runs = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<(signal: StoredSignal) => void>>();
  /** One sequence for all runs, so that a token of a deleted run is never that of its successor. */
  #lastToken = 0;

  constructor(clock: Clock, retention: number) {
    this.#clock = clock;
    this.retention = retention;
  }

  async createRun(
    run: NewRun,
    lease: LeaseRequest,
  ): Promise<{ state: 'created'; token: number } | { state: 'exists' }> {
    if (this.#runs.has(run.runId)) return { state: 'exists' };
    const entry = newEntry(run);
    this.#runs.set(run.runId, entry);
    return { state: 'created', token: this.#grant(entry, lease) };
  }

  async readRun(runId: string): Promise<StoredRun | undefined> {
    const entry = this.#runs.get(runId);
    return entry && storedRun(entry);
  }

  async *listRuns(query: RunQuery = {}): AsyncIterable<StoredRun> {
    const found = [...this.#runs.values()].filter((entry) => matches(entry, query));
    const sign = query.order === 'newest' ? -1 : 1;
    found.sort((a, b) => sign * (a.run.startTime - b.run.startTime));
    yield* found.slice(0, query.limit).map(storedRun);
  }

  async deleteRun(runId: string, only: Pick<RunQuery, 'endedBefore'> = {}): Promise<boolean> {
    const entry = this.#runs.get(runId);
    return entry !== undefined && matches(entry, only) && this.#runs.delete(runId);
  }

  async acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    const entry = this.#runs.get(runId);
    if (entry === undefined) return { state: 'unknown' };
    if (entry.lease !== undefined && entry.lease.expiresAt > this.#clock.now()) {
      return { state: 'held', lease: entry.lease };
    }
    const expired = entry.lease?.holder;
    const token = this.#grant(entry, lease);
    return { state: 'granted', token, ...(expired !== undefined && { expired }) };
  }

  async renewLease(writer: Writer, ttl: number): Promise<boolean> {
    const entry = this.#leasedBy(writer);
    if (entry?.lease === undefined) return false;
    entry.lease = this.#leaseFor({ holder: entry.lease.holder, ttl });
    return true;
  }

  async releaseLease(writer: Writer): Promise<void> {
    const entry = this.#leasedBy(writer);
    if (entry !== undefined) entry.lease = undefined;
  }

  async claimAttempt(
    runId: string,
    { frame, key }: Place,
    attempt: number,
  ): Promise<number | undefined> {
    const run = this.#runs.get(runId);
    if (run === undefined || run.end !== undefined) return undefined;
    return frameOf(run, frame).claimAttempt(key, attempt);
  }

  async recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const run = this.#leasedBy(writer);
    if (run === undefined) return 'fenced';
    const { outcome, signals = [], forgetState } = entry;
    const recorded = frameOf(run, outcome.frame).record(outcome);
    if (recorded === 'duplicate') return recorded;
    for (const signal of signals) run.signals.delete(signal);
    if (forgetState !== undefined) run.states.delete(forgetState);
    return recorded;
  }

  async readFrame(
    runId: string,
    frame: string,
    query: FrameQuery = {},
  ): Promise<readonly StoredOutcome[]> {
    return this.#runs.get(runId)?.frames.get(frame)?.read(query) ?? [];
  }

  async saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    const entry = this.#leasedBy(writer);
    entry?.states.set(path, state);
    return entry !== undefined;
  }

  async readState(runId: string, path: string): Promise<string | undefined> {
    return this.#runs.get(runId)?.states.get(path);
  }

  async putSignal(
    runId: string,
    { delivery, ...signal }: NewSignal,
  ): Promise<'kept' | 'duplicate' | 'stale' | 'ended' | 'unknown'> {
    const entry = this.#runs.get(runId);
    if (entry === undefined) return 'unknown';
    if (entry.end !== undefined) return 'ended';
    if (signal.id !== undefined && entry.signalIds.has(signal.id)) return 'duplicate';
    if (delivery !== undefined && !entry.frames.get(delivery.frame)?.report(delivery)) {
      return 'stale';
    }
    if (signal.id !== undefined) entry.signalIds.add(signal.id);
    const stored = Object.freeze({ ...signal, number: ++entry.lastSignal });
    entry.signals.set(stored.number, stored);
    this.#wake(runId, stored);
    return 'kept';
  }

  async readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    const signals = this.#runs.get(runId)?.signals.values() ?? [];
    return [...signals].filter(({ number }) => number > after);
  }

  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set();
    this.#listeners.set(runId, listeners);
    // A function of its own: the same listener may be subscribed more than once.
    const subscription = (signal: StoredSignal) => listener(signal);
    listeners.add(subscription);
    return () => {
      listeners.delete(subscription);
      if (listeners.size === 0 && this.#listeners.get(runId) === listeners) {
        this.#listeners.delete(runId);
      }
    };
  }

  async endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    const entry = this.#leasedBy(writer);
    if (entry === undefined) return false;
    entry.end ??= Object.freeze({ ...end, error: frozenError(end.error) });
    entry.lease = undefined;
    return true;
  }

  async close(): Promise<void> {}

  /** The run, when its newest lease is the writer's. */
  #leasedBy({ runId, token }: Writer): Entry | undefined {
    const entry = this.#runs.get(runId);
    return token === entry?.token ? entry : undefined;
  }

  #grant(entry: Entry, request: LeaseRequest): number {
    entry.lease = this.#leaseFor(request);
    entry.token = ++this.#lastToken;
    return entry.token;
  }

  #leaseFor({ holder, ttl }: LeaseRequest): RunLease {
    return Object.freeze({ holder, expiresAt: this.#clock.now() + ttl });
  }

  #wake(runId: string, signal: StoredSignal): void {
    const listeners = this.#listeners.get(runId);
    for (const listener of [...(listeners ?? [])]) {
      if (listeners?.has(listener)) listener(signal);
    }
  }
}

function newEntry(run: NewRun): Entry {
  return {
    run: Object.freeze({ ...run }),
    end: undefined,
    token: 0,
    lease: undefined,
    frames: new Map(),
    states: new Map(),
    signals: new Map(),
    signalIds: new Set(),
    lastSignal: 0,
  };
}

function storedRun({ run, end, lease }: Entry): StoredRun {
  return { ...run, end, lease };
}

function frameOf(entry: Entry, path: string): MemoryFrame {
  const frame = entry.frames.get(path) ?? new MemoryFrame();
  entry.frames.set(path, frame);
  return frame;
}

function matches({ run, end }: Entry, query: RunQuery): boolean {
  const { status, workflow, startedAfter, startedBefore, endedBefore } = query;
  return (
    (status === undefined || [status].flat().includes(end?.status ?? 'Running')) &&
    (workflow === undefined || run.workflow === workflow) &&
    (startedAfter === undefined || run.startTime > startedAfter) &&
    (startedBefore === undefined || run.startTime < startedBefore) &&
    (endedBefore === undefined || (end !== undefined && end.endTime < endedBefore))
  );
}
