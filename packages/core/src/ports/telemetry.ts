/**
 * The Telemetry port: who watches runs. It hears what happens, has handlers called inside a context of its
 * own, and hands on a few texts by which the parts of a run that work in other processes are found again.
 *
 * The engine promises: a run goes as it would without. Whatever telemetry throws, or rejects with, becomes a
 * process warning and nothing else, a handler is called once whatever `within` does, and what `within` returns is not heeded.
 * Without telemetry an action costs one look more.
 *
 * Where the texts are kept: with a durable run among what is known of it as a whole, which is a state that
 * every process reads that goes on with it. So no store has a column for it, a header stays as it was
 * written, and a newer process takes the place of the one before. Nothing waits for that write: lost in a
 * crash, it is a link that is missing. With an action that another process calls they are a field of its
 * ActionCall, which a queue carries as it is.
 * Read next: engine/run-telemetry.ts.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunEvent } from '../engine/events.ts';
import type { ActionError } from '../result.ts';

/** Texts by name, such as the `traceparent` of W3C Trace Context. */
export type Carrier = Readonly<Record<string, string>>;

/** See the module's header. One object can watch any number of runs. */
export interface Telemetry {
  /**
   * A run begins in this process, in the async context of whoever started it. Not called for a run that is
   * only read, because it has ended before.
   *
   * @returns who watches it from its first event on; undefined: nobody.
   */
  observeRun(run: ObservedRun): RunObserver | undefined;
  /** This process calls a handler for a run that another one schedules. */
  observeCall?(call: ObservedCall): CallObserver | undefined;
  /** Where a run comes from that is handed to another process, read in the async context of who starts it. */
  caller?(): Carrier | undefined;
}

/** A run that begins in this process. */
export interface ObservedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string | undefined;
  /** That of the run: the times of its events are its times. */
  readonly clock: Clock;
  /** Outcomes of it may be there: another process, or the run that it repeats, has begun it. */
  readonly isResumed: boolean;
  /** What the observer in the process before had to hand on; undefined where there was none. */
  readonly earlier: Carrier | undefined;
  /** What `caller` gave in the process where it was started, if that was another one. */
  readonly caller: Carrier | undefined;
}

/** Which attempt is meant, in the words of the events. */
export interface ObservedAttempt {
  /** That of a child workflow is its own. */
  readonly runId: string;
  readonly path: string;
  /** The path from the run that was started, also through the child workflows around it. */
  readonly fullPath: string;
  /** 1 for the first one. */
  readonly attempt: number;
  /** It deals with secure values: what its handler waits for may be named after one. */
  readonly isSecure: boolean;
}

/** Watches one run, from `observeRun` to its `run.ended` or `run.left`. */
export interface RunObserver {
  /** Kept with a durable run, for whoever goes on with it. Read once, when the run has begun. */
  readonly carrier?: Carrier | undefined;
  /** Gets every event of the run and of the child workflows in it. */
  onEvent?(event: RunEvent): void;
  /**
   * Calls something of an attempt: its handler, and before that the wait for its limiters, when the attempt
   * has not started yet. To call it in another async context is what this is for.
   */
  within?<T>(attempt: ObservedAttempt, call: () => T): T;
  /** Travels with an attempt to the process that makes it. */
  carrierOf?(attempt: ObservedAttempt): Carrier | undefined;
}

/** An attempt that this process makes for a run of another one. */
export interface ObservedCall extends ObservedAttempt {
  readonly workflow: string;
  readonly version: string | undefined;
  /** Where the action stands in the definition, through the child workflows. */
  readonly address: string;
  readonly clock: Clock;
  /** The queue that has delivered it, where that is known: what kind of queue, and its name. */
  readonly from: { readonly system: string; readonly destination: string } | undefined;
  /** What `carrierOf` gave. */
  readonly carrier: Carrier | undefined;
}

/** Watches one such attempt. */
export interface CallObserver {
  /** As that of a {@link RunObserver}. */
  within?<T>(call: () => T): T;
  /**
   * It is over, or its handler was given up, which has not settled when it was told to.
   *
   * @param error - undefined where it has succeeded, or nobody asked for it any more.
   */
  onEnd?(error: ActionError | undefined): void;
}
