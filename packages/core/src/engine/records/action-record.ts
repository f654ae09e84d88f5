/**
 * The record of an action or a container, as `result()` gives it and as reports read it.
 * @module
 */
import type { Criticality, Node } from '../../definition/definition.ts';
import type { ActionError, Iteration, IterationCounts } from '../../result.ts';
import type { Status } from '../../status.ts';

/** What kind of thing a record is about; `shielded` is a function of a container kind's last phase. */
export type RecordKind = Node['kind'] | 'shielded';

/** One call of a handler. */
export interface AttemptRecord {
  /** 1 for the first attempt. */
  readonly number: number;
  readonly startTime: Date;
  readonly endTime: Date;
  /** Absent when the attempt succeeded. */
  readonly error?: ActionError;
  /** Milliseconds until the next attempt was due; absent where none was to follow. */
  readonly wait?: number;
}

/** How one action or container went. `JSON.stringify` gives all of it but the errors' causes. */
export interface ActionRecord {
  readonly name: string;
  /** The identity in the run, such as `Orders[3]/Notify/Mail`. */
  readonly path: string;
  readonly kind: RecordKind;
  readonly status: Status;
  /** `OK`, or the error's code. */
  readonly code: string;
  readonly criticality: Criticality;
  /** The values that its runAfter list handed over, in that order; a marker where they are secure. */
  readonly inputs: readonly unknown[];
  /** Its output; undefined unless Succeeded, a marker where it is secure. */
  readonly outputs: unknown;
  /** Why it did not succeed; a skipped one says why it was skipped. */
  readonly error: ActionError | undefined;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly trackingId: string;
  /** The run's id. */
  readonly clientTrackingId: string;
  /** Every call of the handler; none for containers and for what was skipped. */
  readonly attempts: readonly AttemptRecord[];
  /**
   * First-level records of a container. A condition or switch has one for each branch. A loop has one
   * for each action of its body, with `repetitions`.
   */
  readonly results: readonly ActionRecord[];
  /** Loops only: the iterations that were kept, in item order. */
  readonly iterations?: readonly Iteration<unknown>[] | undefined;
  /** Loops only. */
  readonly counts?: IterationCounts | undefined;
  /** In a loop's `results` only: the record of this action in each iteration that was kept. */
  readonly repetitions?: readonly ActionRecord[] | undefined;
  /** Child workflows only: the id of the child's run. */
  readonly childRunId?: string | undefined;
  /** True when its handler had not settled within the grace time after it was told to stop. */
  readonly unsettled?: boolean | undefined;
}
