/**
 * What a history is made of: operations, each with the moment it was invoked and how it came out.
 *
 * Invariant: an operation whose effect is in doubt never counts as ended. It may take effect at any
 * moment after its invocation, or never, so its `returned` is `Infinity`.
 * Read next: record-history.ts, which makes operations, and check-history.ts, which judges them.
 * @module
 */
import { HistoryError } from './history-error.ts';

/** The operation returned; what it returned. */
export interface OkOutcome<Result> {
  readonly status: 'ok';
  readonly value: Result;
}

/** Nobody knows whether the operation took effect, or will: its reply was lost, or it still runs. */
export interface UnknownOutcome {
  readonly status: 'unknown';
  /** What was thrown, for the reader. */
  readonly error?: string;
}

/** The operation certainly had no effect, and never will: it is left out of the check. */
export interface FailedOutcome {
  readonly status: 'failed';
  /** What was thrown, for the reader. */
  readonly error?: string;
}

/** How an operation came out. */
export type Outcome<Result> = OkOutcome<Result> | UnknownOutcome | FailedOutcome;

/** One call of one client. */
export interface Operation<Op, Result> {
  /** Who called: a row of the timeline. */
  readonly client: string;
  /** What was called, in the words of a model: `{ kind: 'write', value: 8 }`. */
  readonly op: Op;
  /** When it was called. Any unit, as long as it is the same in the whole history. */
  readonly invoked: number;
  /**
   * When it returned, never before `invoked`; `Infinity` when the outcome is unknown. An operation
   * precedes another when it returned strictly before the other was invoked; otherwise the two are concurrent.
   */
  readonly returned: number;
  readonly outcome: Outcome<Result>;
}

/** Operations with the kind of time that they were recorded by. */
export interface History<Op, Result> {
  /** 'counted': in one process; 'clock': by a clock, and so to be merged with others of that clock. */
  readonly time: 'counted' | 'clock';
  /** In the order of their invocation. Those that still run have an unknown outcome. */
  readonly operations: readonly Operation<Op, Result>[];
}

/** Refuses an operation whose times make no sense, naming it. */
export function assertOperation(operation: Operation<unknown, unknown>, index: number): void {
  const { client, invoked, returned, outcome } = operation;
  const where = `Operation ${index} (client ${JSON.stringify(client)})`;
  if (!Number.isFinite(invoked)) {
    throw new HistoryError(`${where} has invoked = ${invoked}. Give it a finite number.`);
  }
  if (!(returned >= invoked)) {
    throw new HistoryError(
      `${where} was invoked at ${invoked} but returned at ${returned}. Take both times from one clock that never goes back.`,
    );
  }
  if (outcome.status === 'ok' && returned === Infinity) {
    throw new HistoryError(
      `${where} has a result but no time of return. Give it the time, or the status 'unknown'.`,
    );
  }
}
