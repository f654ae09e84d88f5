/**
 * A store as one process sees it, up to the write at which that process comes to its end.
 *
 * Invariant: from the moment of death nothing reaches the store that is shared, and nothing comes back
 * from it. What an order to stop, or a fault, leaves of the process can still give back its lease.
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
import type { Crash, Fate } from './crash.ts';
import type { StoredFacts } from './stored-facts.ts';

export interface MortalStoreParts {
  /** Shared by all processes. */
  readonly inner: RunStore;
  readonly facts: StoredFacts;
  readonly crash: Pick<Crash, 'write' | 'fate'> | undefined;
  /** Turns of the event loop that the answer to a write takes. */
  readonly lag: () => number;
  /** The process has met its fate. */
  readonly met: (fate: Fate) => void;
}

export class MortalStore implements RunStore {
  readonly retention = Number.POSITIVE_INFINITY;
  /** How many writes have been called. */
  writes = 0;
  #isDead = false;
  readonly #parts: MortalStoreParts;

  constructor(parts: MortalStoreParts) {
    this.#parts = parts;
  }

  createRun(run: NewRun, lease: LeaseRequest): ReturnType<RunStore['createRun']> {
    return this.#write((inner) => inner.createRun(run, lease));
  }

  acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    return this.#write((inner) => inner.acquireLease(runId, lease));
  }

  recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    return this.#write(async (inner) => {
      const recorded = await inner.recordOutcome(writer, entry);
      this.#parts.facts.recorded(entry, recorded);
      return recorded;
    });
  }

  saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    return this.#write(async (inner) => {
      const saved = await inner.saveState(writer, path, state);
      if (saved) this.#parts.facts.saved(path, state);
      return saved;
    });
  }

  endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    return this.#write((inner) => inner.endRun(writer, end));
  }

  readRun(runId: string): Promise<StoredRun | undefined> {
    return this.#read((inner) => inner.readRun(runId));
  }

  async *listRuns(query?: RunQuery): AsyncIterable<StoredRun> {
    yield* this.#parts.inner.listRuns(query);
  }

  deleteRun(runId: string): Promise<boolean> {
    return this.#read((inner) => inner.deleteRun(runId));
  }

  renewLease(writer: Writer, ttl: number): Promise<boolean> {
    return this.#read((inner) => inner.renewLease(writer, ttl));
  }

  releaseLease(writer: Writer): Promise<void> {
    return this.#read((inner) => inner.releaseLease(writer));
  }

  claimAttempt(runId: string, place: Place): Promise<number | undefined> {
    return this.#read((inner) => inner.claimAttempt(runId, place));
  }

  readFrame(runId: string, frame: string, query?: FrameQuery): Promise<readonly StoredOutcome[]> {
    return this.#read((inner) => inner.readFrame(runId, frame, query));
  }

  readState(runId: string, path: string): Promise<string | undefined> {
    return this.#read((inner) => inner.readState(runId, path));
  }

  putSignal(runId: string, signal: NewSignal): ReturnType<RunStore['putSignal']> {
    return this.#read((inner) => inner.putSignal(runId, signal));
  }

  readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    return this.#read((inner) => inner.readSignals(runId, after));
  }

  onSignal(runId: string, listener: () => void): () => void {
    return this.#parts.inner.onSignal(runId, () => {
      if (!this.#isDead) listener();
    });
  }

  close(): Promise<void> {
    return this.#parts.inner.close();
  }

  async #read<T>(read: (inner: RunStore) => Promise<T>): Promise<T> {
    if (this.#isDead) return silence();
    const answer = await read(this.#parts.inner);
    return this.#isDead ? silence() : answer;
  }

  /** Takes effect before it returns its promise, as the port wants the order of writes kept. */
  async #write<T>(write: (inner: RunStore) => Promise<T>): Promise<T> {
    if (this.#isDead) return silence();
    const { crash, inner, lag } = this.#parts;
    const fate = ++this.writes === crash?.write ? crash.fate : undefined;
    if (fate === 'dies before') return this.#die(fate);
    if (fate === 'refused') throw this.#fault(fate);
    const answer = write(inner);
    if (fate === 'dies after') return this.#die(fate);
    if (fate !== undefined) this.#parts.met(fate);
    const given = await answer;
    for (let turns = lag(); turns > 0; turns--) await nextTurn();
    if (fate === 'unheard') throw new StoreFault(fate);
    return this.#isDead ? silence() : given;
  }

  #die(fate: Fate): Promise<never> {
    this.#isDead = true;
    this.#parts.met(fate);
    return silence();
  }

  #fault(fate: Fate): StoreFault {
    this.#parts.met(fate);
    return new StoreFault(fate);
  }
}

/** What a store rejects with that is out of order. */
export class StoreFault extends Error {}

/** Nobody is there any more who could answer, or hear it. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
