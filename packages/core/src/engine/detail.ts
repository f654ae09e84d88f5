/**
 * What stands behind a record: a running handler, a container with its frames, a list of attempts.
 *
 * One field of the record holds it, so that a record of the simplest kind stays small.
 * @module
 */
import type { ActionError, Iteration, IterationCounts } from '../result.ts';
import type { ActionState } from './action-state.ts';
import type { ActionRecord, AttemptRecord } from './records/action-record.ts';
import type { Digest } from './records/digest.ts';
import type { Stop } from './stop.ts';

export interface Detail {
  /** Told to stop while it runs. */
  halt?(stop: Stop): void;
  /** First-level records of a container. */
  records?(): readonly ActionRecord[];
  /** Where more is to be told of them than the record itself tells. */
  attempts?(): readonly AttemptRecord[] | undefined;
  /** With markers in place of secure values, unless they are to be handed over. */
  iterations?(real?: boolean): readonly Iteration<unknown>[];
  counts?(): IterationCounts;
  /** The output of a container that makes it only when somebody asks. */
  output?(): unknown;
  /** An output that does not follow from what is inside. */
  ownOutput?(): { readonly value: unknown } | undefined;
  /** Why it did not succeed, where the record itself holds no error. */
  error?(): ActionError | undefined;
  /** The record inside it that decided its status. */
  deciding?(): ActionState | undefined;
  /** Adds what is inside it to a digest. */
  digest?(digest: Digest): void;
  readonly childRunId?: string;
  readonly unsettled?: boolean;
}

/** What is left of a handler that was called more than once, or that did not settle in time. */
export class AttemptHistory implements Detail {
  readonly unsettled: boolean;
  readonly #attempts: readonly AttemptRecord[] | undefined;

  constructor(attempts: readonly AttemptRecord[] | undefined, unsettled: boolean) {
    this.#attempts = attempts;
    this.unsettled = unsettled;
  }

  attempts(): readonly AttemptRecord[] | undefined {
    return this.#attempts;
  }
}

/** What was skipped because something around it stopped before it could start. */
export class SkippedByStop implements Detail {
  readonly #stop: Stop;

  constructor(stop: Stop) {
    this.#stop = stop;
  }

  error(): ActionError {
    const { code, message } = this.#stop.error;
    return { code, message: notStarted(message) };
  }
}

/** The message of what an order to stop has skipped. */
export function notStarted(order: string): string {
  return `It had not started: ${order}`;
}
