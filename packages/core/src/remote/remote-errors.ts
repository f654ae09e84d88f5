/**
 * What can be wrong with a call from another process.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { ActionCall } from '../ports/executor.ts';

/** `WORKFLOW_UNKNOWN`: this process was not given the workflow, in this version, or it has no such action. */
export class WorkflowUnknownError extends RunafterError {
  readonly workflow: string;
  readonly version: string | undefined;
  /** The address of the action that it lacks; undefined where the workflow itself is not known. */
  readonly action: string | undefined;

  constructor(workflow: string, version: string | undefined, action?: string) {
    const name = version === undefined ? `"${workflow}"` : `"${workflow}" in version ${version}`;
    super(
      'WORKFLOW_UNKNOWN',
      action === undefined
        ? `This process does not know workflow ${name}. Give it the definition, or keep a process ` +
            'with that version until its runs have ended.'
        : `Workflow ${name} has no action "${action}" here: the process that runs it has another ` +
            'definition under the same name. Give each definition a version of its own.',
    );
    this.workflow = workflow;
    this.version = version;
    this.action = action;
  }
}

/** `ACTION_LOST`: every process that was given the action has ended before it could report. */
export class ActionLostError extends RunafterError {
  readonly path: string;
  readonly deliveries: number;

  constructor({ path }: ActionCall, deliveries: number) {
    super(
      'ACTION_LOST',
      `"${path}" was given to ${deliveries} processes, one after the other, and each was gone before ` +
        'its handler had ended. Look for what ends them, such as memory; then repeat the run.',
    );
    this.path = path;
    this.deliveries = deliveries;
  }
}
