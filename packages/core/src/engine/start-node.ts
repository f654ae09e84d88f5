/**
 * What starting means for each kind of node.
 * @module
 */
import { RUNNING } from '../status.ts';
import type { ActionState } from './action-state.ts';
import { Activity } from './activity.ts';
import type { BodyOwner } from './body-owner.ts';
import { BranchingExecution } from './branching-execution.ts';
import { ChildExecution } from './child-execution.ts';
import { ContainerExecution } from './container-execution.ts';
import { DelayExecution } from './delay-execution.ts';
import { ForEachExecution } from './for-each-execution.ts';
import { GuardedActivity } from './guarded-activity.ts';
import type { RunEngine } from './run-engine.ts';
import { SingleBody } from './single-body.ts';
import { terminateRun } from './terminate-run.ts';
import { UntilExecution } from './until-execution.ts';
import { WaitForExecution } from './wait-for-execution.ts';

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
  run.tellStart(state);
  // Who hears of the start may stop it.
  if (state.bits !== RUNNING) return;
  owner.beginWithin(state.node.timeout);
}
