/**
 * A store that stands between a process and the store that all of them share: every call goes through
 * one of two doors, so that a test decides what becomes of it.
 * @module
 */
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
} from '../../src/index.ts';

/** A call of the store that is shared. */
export type StoreCall<T> = (inner: RunStore) => Promise<T>;

export abstract class WatchedStore implements RunStore {
  readonly retention: number = Number.POSITIVE_INFINITY;
  protected readonly inner: RunStore;

  constructor(inner: RunStore) {
    this.inner = inner;
  }

  /** A call that changes what is known of a run. */
  protected abstract write<T>(call: StoreCall<T>): Promise<T>;
  /** Any other call: it reads, looks after the lease, or sends a signal. */
  protected abstract read<T>(call: StoreCall<T>): Promise<T>;

  createRun(run: NewRun, lease: LeaseRequest): ReturnType<RunStore['createRun']> {
    return this.write((inner) => inner.createRun(run, lease));
  }

  acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    return this.write((inner) => inner.acquireLease(runId, lease));
  }

  recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    return this.write((inner) => inner.recordOutcome(writer, entry));
  }

  saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    return this.write((inner) => inner.saveState(writer, path, state));
  }

  endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    return this.write((inner) => inner.endRun(writer, end));
  }

  readRun(runId: string): Promise<StoredRun | undefined> {
    return this.read((inner) => inner.readRun(runId));
  }

  async *listRuns(query?: RunQuery): AsyncIterable<StoredRun> {
    yield* this.inner.listRuns(query);
  }

  deleteRun(runId: string): Promise<boolean> {
    return this.read((inner) => inner.deleteRun(runId));
  }

  renewLease(writer: Writer, ttl: number): Promise<boolean> {
    return this.read((inner) => inner.renewLease(writer, ttl));
  }

  releaseLease(writer: Writer): Promise<void> {
    return this.read((inner) => inner.releaseLease(writer));
  }

  claimAttempt(runId: string, place: Place, attempt: number): Promise<number | undefined> {
    return this.read((inner) => inner.claimAttempt(runId, place, attempt));
  }

  readFrame(runId: string, frame: string, query?: FrameQuery): Promise<readonly StoredOutcome[]> {
    return this.read((inner) => inner.readFrame(runId, frame, query));
  }

  readState(runId: string, path: string): Promise<string | undefined> {
    return this.read((inner) => inner.readState(runId, path));
  }

  putSignal(runId: string, signal: NewSignal): ReturnType<RunStore['putSignal']> {
    return this.read((inner) => inner.putSignal(runId, signal));
  }

  readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    return this.read((inner) => inner.readSignals(runId, after));
  }

  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return this.inner.onSignal(runId, listener);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
