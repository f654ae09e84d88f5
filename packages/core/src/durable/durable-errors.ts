/**
 * Errors of runs that are kept in a store.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { RunLease } from '../ports/run-store.ts';

/** `RUN_UNKNOWN`: the store has no run with this id. */
export class RunUnknownError extends RunafterError {
  readonly runId: string;

  constructor(runId: string) {
    super(
      'RUN_UNKNOWN',
      `The run store has no run "${runId}". Look at the id, and at how long runs are kept (retention).`,
    );
    this.runId = runId;
  }
}

/** `RUN_SHAPE_UNKNOWN`: an earlier version stored the run, without what explains it. */
export class RunShapeUnknownError extends RunafterError {
  readonly runId: string;

  constructor(runId: string, workflow: string) {
    super(
      'RUN_SHAPE_UNKNOWN',
      `Run "${runId}" was stored by an earlier version, which kept too little of the definition of ` +
        `"${workflow}" to explain the run without it. Resume the run with its workflow and take ` +
        'a snapshot of that, or read its outcomes with inspectRun().',
    );
    this.runId = runId;
  }
}

/** `RUN_HELD`: another process works on the run. */
export class RunHeldError extends RunafterError {
  readonly runId: string;
  readonly holder: string;
  /** When its lease expires unless it is renewed. */
  readonly expiresAt: Date;

  constructor(runId: string, { holder, expiresAt }: RunLease) {
    const until = new Date(expiresAt);
    super(
      'RUN_HELD',
      `Run "${runId}" is being worked on by ${holder}. Its lease holds until ${until.toISOString()} and ` +
        'is renewed while that process lives. Leave it to it, or wait with the option `wait`.',
    );
    this.runId = runId;
    this.holder = holder;
    this.expiresAt = until;
  }
}

/** `RUN_LOST`: this process does not hold the run any more; whoever does goes on with it. */
export class RunLostError extends RunafterError {
  readonly runId: string;

  constructor(runId: string, options?: { cause?: unknown }) {
    super(
      'RUN_LOST',
      `This process does not hold run "${runId}" any more: its lease has expired, another process has ` +
        'taken the run over, or the run was deleted. Nothing that happened here since then counts. ' +
        'resume() goes on with the run, or says who does.',
      options,
    );
    this.runId = runId;
  }
}

/** `RUN_SUSPENDED`: this process has let go of the run, as it was asked to. */
export class RunSuspendedError extends RunafterError {
  readonly runId: string;

  constructor(runId: string) {
    super(
      'RUN_SUSPENDED',
      `Run "${runId}" was suspended: what has ended is kept, and resume() goes on with the rest.`,
    );
    this.runId = runId;
  }
}

/** Whether a run goes on, or can go on, though this process works on it no more. */
export function leavesRun(
  error: unknown,
): error is RunHeldError | RunLostError | RunSuspendedError {
  return (
    error instanceof RunHeldError ||
    error instanceof RunLostError ||
    error instanceof RunSuspendedError
  );
}

/** `RUN_INPUT_DIFFERS`: a run of this id was started with another input. */
export class RunInputDiffersError extends RunafterError {
  readonly runId: string;

  constructor(runId: string) {
    super(
      'RUN_INPUT_DIFFERS',
      `The run store has a run "${runId}" with another input. Starting a run twice is one run only for the ` +
        'same input: use another runId, or resume() to go on with the input that is stored.',
    );
    this.runId = runId;
  }
}

/** `ITEMS_ID_REQUIRED`: after a restart nobody could tell which items of the loop are done. */
export class ItemsIdRequiredError extends RunafterError {
  readonly path: string;

  constructor(path: string) {
    super(
      'ITEMS_ID_REQUIRED',
      `The items of "${path}" are a stream, and its run is durable. Add \`id: (item) => …\`, so that a ` +
        'restart can tell which of them are done, or give it an array, which is stored.',
    );
    this.path = path;
  }
}

/** `RUN_NOT_ENDED`: a run that goes on, or waits to be resumed, cannot be run again. */
export class RunNotEndedError extends RunafterError {
  readonly runId: string;

  constructor(runId: string) {
    super(
      'RUN_NOT_ENDED',
      `Run "${runId}" has not ended, so there is no telling how it went. Wait for its end, ` +
        'cancel it, or resume() it.',
    );
    this.runId = runId;
  }
}

/** `RUN_COPY_INCOMPLETE`: a process died while it took over what had succeeded before. */
export class RunCopyIncompleteError extends RunafterError {
  readonly runId: string;
  readonly source: string;

  constructor(runId: string, source: string) {
    super(
      'RUN_COPY_INCOMPLETE',
      `Run "${runId}" was to take over what had succeeded in "${source}", and has only part of it. ` +
        'Call rerun() again with the same two ids: it goes on from there.',
    );
    this.runId = runId;
    this.source = source;
  }
}
