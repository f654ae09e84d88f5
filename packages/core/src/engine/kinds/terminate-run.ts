/**
 * The terminate action: it Succeeded itself, and ends the run with the status it was given.
 * @module
 */
import type { TerminateNode } from '../../definition/definition.ts';
import { SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { RunEngine } from '../run-engine.ts';
import { tellStart } from '../tell.ts';

export function terminateRun(run: RunEngine, node: TerminateNode, state: ActionState): void {
  state.started = run.startOffset();
  tellStart(state);
  run.root.terminate(node.status, node.code, node.message);
  run.end(state, SUCCEEDED, undefined);
}
