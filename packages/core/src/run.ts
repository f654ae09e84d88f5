/**
 * A run: one execution of a workflow, from `start()` to `finished`.
 * @module
 */
import type { EventType } from './definition/event-type.ts';
import type { RunEvents } from './engine/events.ts';
import type { SignalOutcome } from './engine/mailbox.ts';
import type { ActionRecord } from './engine/records/action-record.ts';
import type { Usage } from './engine/records/digest.ts';
import type { Explanation } from './engine/records/explain.ts';
import type { RunResult } from './engine/records/run-result.ts';
import type { Status } from './status.ts';

export interface SignalOptions {
  /**
   * Which of several waits is meant: the text that the wait's own `correlate` gives. A durable run keeps
   * it as it is, also where the payload is secure.
   */
  readonly correlate?: string;
  /** A second signal with the same id is a repetition and changes nothing. */
  readonly id?: string;
}

/** A run that goes on or has ended. */
export interface Run<T> {
  readonly id: string;
  /** The workflow's name. */
  readonly workflow: string;
  /** Undefined until the run has ended; for good when this process leaves a durable run as it is. */
  readonly status: Status | undefined;
  readonly events: RunEvents;
  /**
   * Resolves when the run has ended, whatever its status: a failed action never makes it reject. Rejects
   * only when the run store, the executor or the engine itself fails, or when this process leaves a
   * durable run as it is: RUN_SUSPENDED, RUN_LOST, RUN_HELD.
   */
  readonly finished: Promise<RunResult<T>>;
  /** First-level records of what has ended so far. */
  readonly results: readonly ActionRecord[];
  /** The record at a path, such as `Orders[3]/Mail`; undefined when it has not ended or was not kept. */
  result(path: string): ActionRecord | undefined;
  /**
   * Cancels the run: what runs is told to stop and ends Cancelled once it has settled, what has not
   * started is Skipped. Does nothing once the run has ended. While another process holds the run, it
   * only ends the waiting: `finished` rejects, and the run goes on there.
   */
  cancel(reason?: string): void;
  /**
   * Lets go of a durable run as it is, such as before a deployment: what runs is told to stop, nothing
   * of that is kept, and the lease is given back. `finished` rejects with RUN_SUSPENDED; `resume()` goes
   * on with what has no outcome. Does nothing once the run has ended.
   *
   * @throws {RunOptionError} `RUN_OPTION_INVALID`, as a rejection: the run has no store.
   */
  suspend(): Promise<void>;
  /**
   * Sends an event from outside to a `waitFor`, before or after its wait has begun; it is taken once.
   *
   * @returns `delivered` to a wait, `kept` for the next one, or a `duplicate` of an earlier id.
   * @throws {SignalError} as a rejection: `SIGNAL_UNKNOWN` when the workflow waits for no such event,
   *   `RUN_ENDED` when the run has ended, `CORRELATE_INVALID` or `SIGNAL_ID_INVALID` when `correlate` or
   *   `id` is no text.
   */
  signal<P>(
    event: string | EventType<P>,
    payload: P,
    options?: SignalOptions,
  ): Promise<SignalOutcome>;
  /** Which leaf decided the status, and by which chain of actions. */
  why(): Explanation;
  /** What the run has used so far. */
  usage(): Usage;
}
