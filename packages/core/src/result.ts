/**
 * What a handler gets for a predecessor that may not have succeeded: a union discriminated by
 * `status`, so that no code can read an output that may not exist.
 * @module
 */
import type { ActionRecord, AttemptRecord } from './engine/records/action-record.ts';
import type { RunAfterStatus, Status } from './status.ts';

/** Why something did not succeed. */
export interface ActionError {
  /** Stable and meant for programs: a code of ours, the thrown error's own, or HTTP_429 and the like. */
  readonly code: string;
  readonly message: string;
  /** What was thrown. Not part of the JSON form. */
  readonly cause?: unknown;
}

/** What every result has, however it ended. */
export interface ResultFacts {
  readonly name: string;
  /** The identity in the run, such as `Orders[3]/Notify/Mail`. */
  readonly path: string;
  /** The values that its runAfter list handed over, in that order. */
  readonly inputs: readonly unknown[];
  readonly startTime: Date;
  readonly endTime: Date;
  readonly trackingId: string;
  /** Every call of the handler; one entry without retries, none for what was skipped. */
  readonly attempts: readonly AttemptRecord[];
  /** First-level records of a container, as `result('Scope')` gives them; empty for an action. */
  readonly results: readonly ActionRecord[];
}

export interface SucceededResult<T> extends ResultFacts {
  readonly status: 'Succeeded';
  readonly outputs: T;
}

export interface UnsuccessfulResult<S extends Status = Exclude<Status, 'Succeeded'>>
  extends ResultFacts {
  readonly status: S;
  readonly error: ActionError;
}

/**
 * The result of something that hands over a T, narrowed to the statuses S that were asked for. D is
 * what its kind adds (a loop: its iterations).
 */
export type Result<T, S extends Status = RunAfterStatus, D = unknown> =
  | ('Succeeded' extends S ? SucceededResult<T> & D : never)
  | (Exclude<S, 'Succeeded'> extends infer U extends Status
      ? [U] extends [never]
        ? never
        : UnsuccessfulResult<U> & D
      : never);

/** How many iterations of a loop ended in which status. */
export interface IterationCounts {
  readonly total: number;
  readonly Succeeded: number;
  readonly Failed: number;
  readonly TimedOut: number;
  readonly Cancelled: number;
  readonly Skipped: number;
}

interface IterationFacts<Item> {
  readonly index: number;
  readonly item: Item;
  /** The identity in the run, such as `Orders[3]`. */
  readonly path: string;
  readonly startTime: Date;
  readonly endTime: Date;
  /** First-level records of the iteration. */
  readonly results: readonly ActionRecord[];
}

/** One iteration of a loop, as `settled(loop)` hands it over, in item order. */
export type Iteration<T, Item = unknown> =
  | (IterationFacts<Item> & { readonly status: 'Succeeded'; readonly outputs: T })
  | (IterationFacts<Item> & {
      readonly status: Exclude<Status, 'Succeeded'>;
      readonly error: ActionError;
    });

/** What a loop adds to its result. */
export interface LoopDetail<T, Item = unknown> {
  readonly counts: IterationCounts;
  /** The iterations that were kept (`keep`), in item order. */
  readonly iterations: readonly Iteration<T, Item>[];
}

/** What a loop with `keep: 'failures'` hands over. */
export interface LoopFailures<T, Item = unknown> {
  readonly counts: IterationCounts;
  readonly failures: readonly Iteration<T, Item>[];
}
