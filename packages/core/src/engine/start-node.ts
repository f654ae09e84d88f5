/**
 * What starting means for each kind of node.
 * @module
 */
import { RUNNING } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { Detail } from './detail.ts';
import { Activity } from './handlers/activity.ts';
import { GuardedActivity } from './handlers/guarded-activity.ts';
import { BranchingExecution } from './kinds/branching-execution.ts';
import { ChildExecution } from './kinds/child-execution.ts';
import { ContainerExecution } from './kinds/container-execution.ts';
import { DelayExecution } from './kinds/delay-execution.ts';
import { ForEachExecution } from './kinds/for-each-execution.ts';
import { SingleBody } from './kinds/single-body.ts';
import { terminateRun } from './kinds/terminate-run.ts';
import { UntilExecution } from './kinds/until-execution.ts';
import { WaitForExecution } from './kinds/wait-for-execution.ts';
import type { RunEngine } from './run-engine.ts';
import { tellStart } from './tell.ts';

/** Starts an action or container that is ready. */
export function startNode(run: RunEngine, state: ActionState): void {
  const { node } = state;
  switch (node.kind) {
    case 'action':
      if (node.plain && run.plain) new Activity(state).start();
      else new GuardedActivity(state).start();
      break;
    case 'scope':
    case 'branch':
      launch(run, state, new SingleBody(run, node.body, state));
      break;
    case 'forEach':
      launch(run, state, new ForEachExecution(run, node, state));
      break;
    case 'condition':
    case 'switch':
      launch(run, state, new BranchingExecution(run, node, state));
      break;
    case 'until':
      launch(run, state, new UntilExecution(run, node, state));
      break;
    case 'container':
      launch(run, state, new ContainerExecution(run, node, state));
      break;
    case 'child':
      launch(run, state, new ChildExecution(run, node, state));
      break;
    case 'delay':
      launch(run, state, new DelayExecution(run, node, state));
      break;
    case 'waitFor':
      launch(run, state, new WaitForExecution(run, node, state));
      break;
    case 'terminate':
      terminateRun(run, node, state);
      break;
    case 'shielded':
      throw new TypeError('A shielded function is started by its container.');
  }
}

/** What stands behind everything but a handler. */
interface Execution extends Detail {
  start(): void;
}

function launch(run: RunEngine, state: ActionState, execution: Execution): void {
  state.started = run.startOffset();
  state.detail = execution;
  tellStart(state);
  // Who hears of the start may stop it.
  if (state.bits === RUNNING) execution.start();
}
