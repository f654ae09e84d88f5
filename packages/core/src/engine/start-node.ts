/**
 * What starting means for each kind of node.
 * @module
 */
import { RUNNING } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { BodyOwner } from './body-owner.ts';
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
      startContainer(state, new SingleBody(run, node.body, state));
      break;
    case 'forEach':
      startContainer(state, new ForEachExecution(run, node, state));
      break;
    case 'condition':
    case 'switch':
      startContainer(state, new BranchingExecution(run, node, state));
      break;
    case 'until':
      startContainer(state, new UntilExecution(run, node, state));
      break;
    case 'container':
      startContainer(state, new ContainerExecution(run, node, state));
      break;
    case 'child':
      new ChildExecution(run, node, state).start();
      break;
    case 'delay':
      new DelayExecution(run, node, state).start();
      break;
    case 'waitFor':
      new WaitForExecution(run, node, state).start();
      break;
    case 'terminate':
      terminateRun(run, node, state);
      break;
    case 'shielded':
      throw new TypeError('A shielded function is started by its container.');
  }
}

function startContainer(state: ActionState, owner: BodyOwner): void {
  const { run } = owner;
  state.started = run.startOffset();
  state.detail = owner;
  tellStart(state);
  // Who hears of the start may stop it.
  if (state.bits !== RUNNING) return;
  owner.beginWithin(state.node.timeout);
}
