/**
 * The RunStore port: where runs are kept, so that they outlive the process that runs them.
 *
 * A run is a header, the outcomes of what has ended in it, the states of what has not, and signals, from
 * outside or from the processes that its actions were handed to. Whoever schedules a run holds its lease;
 * every write carries the lease's token.
 *
 * Every store promises:
 *
 * - A call that writes is one atomic step, and what its promise has acknowledged is there for every
 *   reader, in every process, also after a crash.
 * - A run id is created once. The first outcome of a place is the only one.
 * - A write with a token that is not the newest one of the run changes nothing and says `fenced`. The
 *   token grows with every grant of the lease, whoever gets it: after a release, an expiry, and also when
 *   the run was deleted and its id is created again. A lease that has expired is its holder's until
 *   somebody else gets it.
 * - Of the deliveries of an attempt only the newest one can report, and only once (`claimAttempt`): what
 *   a superseded one reports changes nothing and says `stale`.
 * - Writes of one caller to a run take effect in the order in which they were called, awaited or not. A read sees
 *   those whose promise has resolved; it may see the others.
 * - Texts come back as they were given; a store never looks into them.
 *
 * The engine's side of it is durable/run-journal.ts; the suite that every driver runs is
 * conformance/describe-run-store.ts.
 * @module
 */
import type { ActionError } from '../result.ts';
import type { Status } from '../status.ts';

/** A run, as it is created. */
export interface NewRun {
  readonly runId: string;
  readonly workflow: string;
  readonly version?: string | undefined;
  /** The outline of the definition that the run was started with, as text. */
  readonly definition: string;
  /** The run's input, encoded. */
  readonly input: string;
  /** What the idempotency keys of its actions begin with: its own id, or that of the run it repeats. */
  readonly keyRoot: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly status: Status;
  readonly error?: Pick<ActionError, 'code' | 'message'> | undefined;
  /** Milliseconds since 1970. */
  readonly endTime: number;
}

/** Who works on a run. */
export interface RunLease {
  /** Whoever it is, in words that help to find it, such as host, process and a random part. */
  readonly holder: string;
  /** Milliseconds since 1970, on the store's clock. */
  readonly expiresAt: number;
}

/** A run as it is stored: `end` is undefined while it goes on, `lease` when nobody works on it. */
export interface StoredRun extends NewRun {
  readonly end: RunEnd | undefined;
  /** Also one that has expired. */
  readonly lease: RunLease | undefined;
}

/** Asks for the lease of a run. */
export interface LeaseRequest {
  readonly holder: string;
  /** Milliseconds that it holds without being renewed. */
  readonly ttl: number;
}

/**
 * The lease was granted, somebody else holds it, or there is no such run. `expired` is who held it last and
 * did not give it back; undefined where it was given back.
 */
export type LeaseAnswer =
  | { readonly state: 'granted'; readonly token: number; readonly expired?: string | undefined }
  | { readonly state: 'held'; readonly lease: RunLease }
  | { readonly state: 'unknown' };

/** Who writes: the run, and the token of its lease. */
export interface Writer {
  readonly runId: string;
  readonly token: number;
}

/**
 * A place in a run: a body being run, and what in it.
 *
 * `frame` is empty for the run's own body, `Orders/Mail` for the body of a scope, `Orders[3]` for that
 * of an iteration. `key` is the name of an action, or which iteration of the loop `frame`: its index,
 * or `id=…` where items have an identity of their own.
 */
export interface Place {
  readonly frame: string;
  readonly key: string | number;
}

/** How an action, a container or an iteration has ended. */
export interface StoredOutcome extends Place {
  readonly status: Status;
  /** The number of the attempt that reports it; 0 for what is no action, or never ran. */
  readonly attempt: number;
  /** Encoded. */
  readonly outputs?: string | undefined;
  readonly error?: Pick<ActionError, 'code' | 'message'> | undefined;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  /** More about it, encoded: its attempts, what its kind keeps. */
  readonly details?: string | undefined;
}

/** What one outcome changes. */
export interface OutcomeEntry {
  readonly outcome: StoredOutcome;
  /** The numbers of the signals that it has taken, which nobody will be given again. */
  readonly signals?: readonly number[] | undefined;
  /** The path of the state that is not needed any more. */
  readonly forgetState?: string | undefined;
}

/**
 * - `recorded`: it was the first.
 * - `duplicate`: the place has an outcome already; nothing has changed.
 * - `fenced`: the writer does not hold the run any more, or the run is gone.
 */
export type Recorded = 'recorded' | 'duplicate' | 'fenced';

/** An attempt of an action in the hands of the process that it was delivered to. */
export interface Delivery extends Place {
  /** From 1, as in the outcome that it may lead to. */
  readonly attempt: number;
  /** What `claimAttempt` gave: how often the attempt was delivered, from 1. */
  readonly delivery: number;
}

export interface FrameQuery {
  /** Only keys above this one; texts come after numbers, each in their own order. */
  readonly after?: string | number | undefined;
  /** Only these keys. */
  readonly keys?: readonly (string | number)[] | undefined;
  /** Only what ended in one of these. */
  readonly statuses?: readonly Status[] | undefined;
  /** At most so many, by their keys. Default: all. */
  readonly limit?: number | undefined;
}

/** A signal as it is sent. */
export interface NewSignal {
  readonly event: string;
  readonly correlate?: string | undefined;
  /** Encoded. */
  readonly payload: string;
  /** A second signal of the run with the same id changes nothing. */
  readonly id?: string | undefined;
  /** It is the report of this delivery: kept only while that is the newest of its attempt, and once. */
  readonly delivery?: Delivery | undefined;
}

/** A signal that nobody has taken yet. */
export interface StoredSignal extends Omit<NewSignal, 'delivery'> {
  /**
   * The kept signals of a run are numbered 1, 2, 3 … in the order in which they were kept, without a
   * gap: what is not kept takes no number. So whoever has seen all up to n knows the next one when it
   * is given n + 1, and need not read.
   */
  readonly number: number;
}

export interface RunQuery {
  /** `Running` for runs that have not ended. Default: all. */
  readonly status?: Status | 'Running' | readonly (Status | 'Running')[] | undefined;
  readonly workflow?: string | undefined;
  /** Milliseconds since 1970: only runs that started after. */
  readonly startedAfter?: number | undefined;
  /** Milliseconds since 1970: only runs that started before. */
  readonly startedBefore?: number | undefined;
  /** Milliseconds since 1970: only runs that have ended before. */
  readonly endedBefore?: number | undefined;
  /** Which come first, by when they started. Default 'oldest'. */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** At most so many. Default: all. */
  readonly limit?: number | undefined;
}

/** See the module's header for what every store promises. All calls may reject with a store's fault. */
export interface RunStore {
  /** Milliseconds after which runs that have ended may be deleted; Infinity to keep them. */
  readonly retention: number;

  /** Creates the run, held by whoever asks. `exists` when there is one with this id, which it leaves alone. */
  createRun(
    run: NewRun,
    lease: LeaseRequest,
  ): Promise<{ readonly state: 'created'; readonly token: number } | { readonly state: 'exists' }>;
  /** The run; undefined when it is not known. */
  readRun(runId: string): Promise<StoredRun | undefined>;
  /** The runs that match, by when they started. Runs that come or go meanwhile may be in it or not. */
  listRuns(query?: RunQuery): AsyncIterable<StoredRun>;
  /**
   * Forgets a run with everything of it; false when it is not known. Who writes to it is fenced.
   *
   * @param only.endedBefore - milliseconds since 1970: false, too, and nothing is changed, unless the run
   *   has ended before. So nobody who clears up deletes a run that was created anew with the same id.
   */
  deleteRun(runId: string, only?: Pick<RunQuery, 'endedBefore'>): Promise<boolean>;

  /** Grants the lease when nobody holds it or it has expired. The same holder does not get it twice. */
  acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer>;
  /**
   * The lease holds for `ttl` milliseconds from now; false when it was given back, is another's, or the
   * run has ended or is gone.
   */
  renewLease(writer: Writer, ttl: number): Promise<boolean>;
  /** Gives the lease back. Does nothing when it is another's. */
  releaseLease(writer: Writer): Promise<void>;

  /**
   * Takes an attempt of an action over from whoever it was delivered to before, and from every earlier
   * attempt of that action.
   *
   * @returns how often the attempt was delivered, this time included; undefined when nobody is to call
   *   the action's handler for it: the attempt was reported, a later one was claimed, the action has an
   *   outcome, or the run has ended or is not known.
   */
  claimAttempt(runId: string, place: Place, attempt: number): Promise<number | undefined>;
  /** Records an outcome, with all that the entry changes, in one atomic step. */
  recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded>;
  /** The outcomes of a frame, by key. */
  readFrame(runId: string, frame: string, query?: FrameQuery): Promise<readonly StoredOutcome[]>;

  /** Keeps a text at a path, in place of the one before; false when the writer is fenced. */
  saveState(writer: Writer, path: string, state: string): Promise<boolean>;
  readState(runId: string, path: string): Promise<string | undefined>;

  /**
   * Keeps a signal until an outcome takes it.
   *
   * @returns `kept`; `duplicate` of an earlier id, taken or not; `stale` when it reports a delivery that
   *   is not the newest one of its action any more, or was reported; `ended` or `unknown` when the run is.
   */
  putSignal(
    runId: string,
    signal: NewSignal,
  ): Promise<'kept' | 'duplicate' | 'stale' | 'ended' | 'unknown'>;
  /** The signals that nobody has taken, in the order in which they came, above this number. */
  readSignals(runId: string, after: number): Promise<readonly StoredSignal[]>;
  /**
   * Calls the listener when a signal of the run may have come, from whichever process, until the
   * function that it returns is called. It may be called without reason, never while subscribing, and
   * must not throw. It is given the signal where the store has it at hand; one that it is not given is to
   * be read. Where signals come from other processes, a subscription keeps this one alive.
   */
  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void;

  /** Records how the run ended, once, and gives its lease back; false when the writer is fenced. */
  endRun(writer: Writer, end: RunEnd): Promise<boolean>;
  /** Lets go of what the store has opened. Writes that were called before are done first. */
  close(): Promise<void>;
}
