/**
 * The Executor port: where and when the handler of an action that is ready is called.
 *
 * Every executor promises: it calls `task.run()` exactly once for each task it was given, now or
 * later, in any order; it never throws from `dispatch`. Nothing about a run's statuses or outputs may
 * depend on when that happens.
 * @module
 */

/** One attempt of one action, ready to run. */
export interface ActionTask {
  readonly runId: string;
  readonly workflow: string;
  /** The action's identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Aborts when the action is told to stop; an executor that still holds the task can run it at once. */
  readonly signal: AbortSignal;
  /**
   * Calls the handler, unless the action was told to stop before: then it only takes note. Resolves
   * when the attempt is over; never rejects. The handler is called once, also when this is called again.
   */
  run(): Promise<void>;
}

/** See the module's header for what every executor promises. */
export interface Executor {
  dispatch(task: ActionTask): void;
}

/** Calls every handler in this process, as soon as its action is ready. */
export const inProcess: Executor = Object.freeze({
  dispatch(task: ActionTask): void {
    void task.run();
  },
});
