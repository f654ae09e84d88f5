/**
 * What the engine asks of a durable run's journal: to keep what happens, and to say what happened before
 * this process took the run over.
 *
 * Invariant: nothing that depends on an outcome starts before the journal has it. What was started
 * again after a takeover is asked for with `progress`; what was never started has none.
 * Read next: durable/run-journal.ts, which keeps it all in a RunStore.
 * @module
 */
import type { ForEachNode } from '../definition/definition.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { Carrier } from '../ports/telemetry.ts';
import type { ActionError } from '../result.ts';
import type { Status, StatusBits } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { BodyOwner } from './body-owner.ts';
import type { Frame } from './frame.ts';
import type { LoopWindow } from './kinds/for-each-execution.ts';
import type { BegunItem, ItemSource } from './kinds/item-source.ts';
import type { SignalOutcome } from './mailbox.ts';
import type { AttemptRecord } from './records/action-record.ts';
import type { RunEngine } from './run-engine.ts';

/** What is kept of something that has started and has not ended. Everything of it is there from a start. */
export interface Progress {
  /** When its time is up, in milliseconds since 1970. */
  readonly deadline?: number;
  /** When its wait is over: a delay, or the wait for the next attempt. */
  readonly due?: number;
  /** When it began, in milliseconds since 1970. */
  readonly started?: number;
  /** The attempts that have failed. */
  readonly attempts?: readonly AttemptRecord[];
  /** The branch that a condition or switch has chosen. */
  readonly choice?: { readonly name: unknown };
  /** Why it could not choose one. */
  readonly fault?: Pick<ActionError, 'code' | 'message'>;
  /** What a wait for an event asks for. */
  readonly correlate?: string | undefined;
  /** What an until began with, or the input of a child workflow. */
  readonly given?: { readonly value: unknown };
  /** What a handler that is called in another process is given, as text. */
  readonly handedOver?: string;
  /** The state of a container kind. */
  readonly saved?: { readonly value: unknown };
  /** A loop over items that are stored. */
  readonly loop?: LoopProgress;
  /** A loop over other items: its iterations are known by their ids. */
  readonly stream?: true;
  /**
   * Of a loop: at no time, in whatever process, were more items than this taken and had not ended. It is
   * kept before the first of them begins.
   */
  readonly window?: number;
  /** What had begun of a loop over other items, when it was told to stop. */
  readonly begun?: readonly BegunItem[];
  /** Of a run: outcomes are taken over from the run of this id; all of them have been. */
  readonly copyOf?: string;
  readonly copied?: true;
  /** Of a run: what telemetry has to hand on to the process that goes on with it. */
  readonly carrier?: Carrier;
  /** Of a run: why it was told to stop, and as what it ends. */
  readonly stop?: StoredStop;
  readonly termination?: StoredStop;
}

/** How far a loop over stored items has come. */
export interface LoopProgress {
  /** How many items there are. */
  readonly total: number;
  /** Items below this were taken. */
  readonly next: number;
  /** Those of them that had not ended. */
  readonly open: readonly number[];
  /** It was told to stop then, and has taken no more. */
  readonly stopped?: boolean;
  /** How many of the others ended in which status. */
  readonly counts: StatusCounts;
}

export type StatusCounts = Readonly<Partial<Record<Status, number>>>;

export interface StoredStop {
  readonly bits: StatusBits;
  readonly code: string;
  readonly message: string;
}

/** How a value is to be stored, or why it cannot be. */
export type Sealed = { readonly text: string | undefined } | { readonly error: ActionError };

export interface Journal {
  /** Nothing is kept any more: the run has failed, or is somebody else's. */
  readonly closed: boolean;
  /** From now on nothing is kept. */
  close(): void;

  /** Resolves when the orders to stop that were given so far are kept; stays as it is where they cannot be. */
  ordersKept(): Promise<unknown>;

  /** A handler was told to stop. */
  handlerStopping(): void;
  /** It has settled, or was given up. */
  handlerSettled(): void;

  /** When the run, or that of a child workflow, began: milliseconds since 1970; undefined when it begins now. */
  epochOf(run: RunEngine): number | undefined;
  /** What is known of something that this process has started again; undefined when nothing is. */
  progress(of: ActionState | RunEngine): Progress | undefined;
  /**
   * Keeps more about something, and resolves once that is stored; rejects when a value has no form in
   * which it can be. A store that fails ends the run, and then the promise stays as it is.
   */
  save(of: ActionState | RunEngine, more: Progress): Promise<void>;
  /**
   * Milliseconds until the time is up: of the deadline that is known, or of one that begins now.
   *
   * @param since - when it began, where that was earlier: milliseconds since 1970.
   */
  timeLeft(of: ActionState | RunEngine, timeout: number, since?: number): number;

  /** Something may be known of what is inside this frame. */
  mayKnow(frame: Frame): boolean;
  /** Ends again what has ended in this frame, with everything inside. Counts nothing down. */
  restore(frame: Frame): Promise<void>;
  /** Whether another process may have started it. */
  hasBegun(state: ActionState): boolean;
  /** Reads what is known of something that may have been started before. */
  recall(state: ActionState): Promise<void>;

  /** The output of something that ends, as it will be stored. */
  seal(state: ActionState, value: unknown): Sealed;
  /** Keeps the outcome; rejects when that cannot be done. */
  record(state: ActionState, outputs: string | undefined): Promise<void>;
  /**
   * Keeps the end of a round of an until, with the state after it, and whether it was the last one:
   * undefined when the answer to that could not be had.
   */
  recordRound(frame: Frame, value: unknown, done: boolean | undefined): Promise<void>;
  /** The rounds that have ended, and what the last one left. */
  rounds(until: BodyOwner, initial: unknown): Promise<EarlierRounds>;
  /** The outcome that a function of a last phase has in the store is put into its state; false without. */
  restoreShielded(state: ActionState): Promise<boolean>;

  /** The journal's part in a loop. */
  loop(state: ActionState, node: ForEachNode, window: LoopWindow): LoopJournal;

  /** Keeps a signal, and hands it on if somebody waits for it. */
  signal(
    event: string,
    correlate: string | undefined,
    payload: unknown,
    id: string | undefined,
  ): Promise<SignalOutcome>;
  /** What a process elsewhere needs to make this attempt. */
  callOf(state: ActionState, attempt: number): Promise<ActionCall>;
  /** The outcome of this action takes the signal of this number. */
  takes(state: ActionState, signal: number): void;
}

export interface EarlierRounds {
  readonly frames: readonly Frame[];
  /** The state after the last of them. */
  readonly value: unknown;
  /** The last one was the last one; undefined when the answer could not be had. */
  readonly done: boolean | undefined;
}

/** What a loop asks of the journal. */
export interface LoopJournal {
  /** Where its items come from: those without outcome. */
  source(items: () => unknown): Promise<ItemSource>;
  /** There is something to recall at the end; known once there is a source. */
  readonly mustRecall: boolean;
  /** Undefined where an iteration may start; else resolves when it may, for too many ends are not kept yet. */
  room(): Promise<void> | undefined;
  /** Keeps the end of an iteration. */
  ended(frame: Frame): void;
  /** Keeps which iterations have begun, before they are told to stop. */
  stopping(): void;
  /**
   * The iterations that ended before this process took over, once all have ended. Until then the loop
   * may be told that two of its items have the same id.
   */
  recall(): Promise<EarlierIterations>;
}

export interface EarlierIterations {
  readonly counts: StatusCounts;
  /** Those that the loop keeps; of a loop that keeps none, the first that failed. */
  readonly frames: readonly Frame[];
}
