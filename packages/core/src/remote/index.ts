/**
 * `@runafter/core/remote`: what an executor needs that has handlers called in other processes.
 *
 * The process that works on a run dispatches with `task.runElsewhere()`; some queue carries the calls;
 * the processes that take them out of it call the handlers with an `actionCaller`.
 * @module
 */

export { leavesRun } from '../durable/durable-errors.ts';
export { StoreRequiredError } from '../engine/handlers/remote-attempt.ts';
export {
  type ActionCaller,
  type ActionCallerOptions,
  actionCaller,
  type CallInterruptions,
  type CallOutcome,
} from './action-caller.ts';
export { calledFrom, callerOf, type TelemetryOption } from './called-from.ts';
export { actionsOf } from './find-action.ts';
export { readResult } from './read-result.ts';
export { ActionLostError, WorkflowUnknownError } from './remote-errors.ts';
export { requestCancel } from './request-cancel.ts';
export { type SubmitOptions, submitRun } from './submit-run.ts';
