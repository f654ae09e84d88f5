/**
 * The Executor port: where and when the handler of an action that is ready is called.
 *
 * Every executor promises: it calls `task.run()` or `task.runElsewhere()` exactly once for each task it
 * was given, now or later, in any order; it never throws from `dispatch`. Nothing about a run's statuses
 * or outputs may depend on when that happens, or where.
 * @module
 */
import type { Place } from './run-store.ts';
import type { Carrier } from './telemetry.ts';

/**
 * All that a process elsewhere needs to make one attempt of an action: plain data, for a queue to carry.
 * `actionCaller` of `@runafter/core/remote` takes it there.
 */
export interface ActionCall {
  /** The run as it is stored; an action of a child workflow belongs to the run around it. */
  readonly runId: string;
  /** That of the stored run, with its version. */
  readonly workflow: string;
  readonly version?: string | undefined;
  /** Where the action stands in the definition, through the child workflows: `Orders/Mail`. */
  readonly address: string;
  /** The action's identity in the run: `Orders[3]/Mail`. */
  readonly path: string;
  /** Where its outcome will be stored. */
  readonly place: Place;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** What the handler is given, encoded; or where the store has it, when it is too long for a queue. */
  readonly given: { readonly text: string } | { readonly statePath: string };
  /** What telemetry hands on to the process that makes the attempt. */
  readonly carrier?: Carrier;
}

/** One attempt of one action, ready to run. */
export interface ActionTask {
  readonly runId: string;
  readonly workflow: string;
  /** The action's identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
  /** Where the action stands in the definition, through the child workflows: `Orders/Mail`. */
  readonly address: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Another process may have dispatched it before this one took the run over. */
  readonly isResumed: boolean;
  /** Aborts when the action is told to stop; an executor that still holds the task can run it at once. */
  readonly signal: AbortSignal;
  /**
   * Calls the handler, unless the action was told to stop before: then it only takes note. Resolves
   * when the attempt is over; never rejects. The handler is called once, also when this is called again.
   */
  run(): Promise<void>;
  /**
   * Has the handler called in another process, in place of `run()`. The attempt ends with the report
   * that comes through the run's store; there may be one already, from before this process took the run
   * over, and then `send` is not called.
   *
   * @param send - sees to it that the call is made, for as long as its signal is not aborted, which it is
   *   when the attempt is over. A rejection ends the attempt with that error; to be used where the call
   *   has certainly not been made, and will not be.
   * @returns resolves when the attempt is over; never rejects.
   */
  runElsewhere(send: (call: ActionCall, over: AbortSignal) => void | Promise<void>): Promise<void>;
}

/** See the module's header for what every executor promises. */
export interface Executor {
  /** It uses `runElsewhere`: runs need a store, and listen there for reports. Default false. */
  readonly isRemote?: boolean;
  dispatch(task: ActionTask): void;
}

/** Calls every handler in this process, as soon as its action is ready. */
export const inProcess: Executor = Object.freeze({
  dispatch(task: ActionTask): void {
    void task.run();
  },
});
