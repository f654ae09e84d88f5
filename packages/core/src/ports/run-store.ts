/**
 * The RunStore port: where runs and the outcomes of their actions are kept.
 *
 * Every store promises: a run id is created once; the first outcome of a path is the only one, and
 * recording it is one atomic step; what a promise has acknowledged is there for the next reader.
 * The engine starts what runs after an action only once its outcome is recorded.
 * @module
 */
import type { ActionError } from '../result.ts';
import type { Status } from '../status.ts';

/** A run, as it is created. */
export interface RunHeader {
  readonly runId: string;
  readonly workflow: string;
  readonly version?: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
}

/** How an action or a container ended. Secure values are left out. */
export interface ActionOutcome {
  /** The identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
  /** The number of the attempt that reports it; 0 for what never ran. */
  readonly attempt: number;
  readonly status: Status;
  readonly outputs?: unknown;
  readonly error?: Pick<ActionError, 'code' | 'message'>;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly status: Status;
  readonly error?: Pick<ActionError, 'code' | 'message'>;
  /** Milliseconds since 1970. */
  readonly endTime: number;
}

/** A run as it is stored: `end` is undefined while it goes on. */
export interface StoredRun extends RunHeader {
  readonly end: RunEnd | undefined;
}

/** See the module's header for what every store promises. All calls may reject with a store's fault. */
export interface RunStore {
  /** Creates the run; false when a run with this id is there already, which it leaves alone. */
  createRun(run: RunHeader): Promise<boolean>;
  /** Records the outcome; false when the path has one already, which it leaves alone. */
  recordOutcome(runId: string, outcome: ActionOutcome): Promise<boolean>;
  /** Records how the run ended. */
  endRun(runId: string, end: RunEnd): Promise<void>;
  /** The run; undefined when it is not known. */
  readRun(runId: string): Promise<StoredRun | undefined>;
  /** The outcomes of a run in the order in which they were recorded. */
  outcomes(runId: string): AsyncIterable<ActionOutcome>;
  /** All runs, oldest first. */
  listRuns(): AsyncIterable<StoredRun>;
  /** Forgets a run with its outcomes; false when it is not known. */
  deleteRun(runId: string): Promise<boolean>;
}
