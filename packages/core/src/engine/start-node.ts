/**
 * What starting means for each kind of node.
 * @module
 */
import { RUNNING } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { BodyOwner } from './body-owner.ts';
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
    default:
      launch(run, state, containerOf(run, state));
  }
}

/** What runs the body, or the bodies, of a container. */
export function containerOf(run: RunEngine, state: ActionState): BodyOwner {
  const { node } = state;
  switch (node.kind) {
    case 'scope':
    case 'branch':
      return new SingleBody(run, node.body, state);
    case 'forEach':
      return new ForEachExecution(run, node, state);
    case 'condition':
    case 'switch':
      return new BranchingExecution(run, node, state);
    case 'until':
      return new UntilExecution(run, node, state);
    case 'container':
      return new ContainerExecution(run, node, state);
    default:
      throw new TypeError(`"${state.path}" is no container.`);
  }
}

/** What stands behind everything but a handler. */
interface Execution extends Detail {
  start(): void;
}

function launch(run: RunEngine, state: ActionState, execution: Execution): void {
  const before = run.journal?.progress(state)?.started;
  state.started = before === undefined ? run.startOffset() : before - run.epoch;
  state.detail = execution;
  tellStart(state);
  // Who hears of the start may stop it.
  if (state.bits === RUNNING) execution.start();
}
