/**
 * Where things stand in the store: the paths of a run, through the child workflows inside it. A child's
 * run is kept with its parent's, under the path of the action that runs it.
 *
 * Invariant: a place is the same in every process that works on the run. Iterations over a stream are
 * therefore known by the ids of their items, and not by their indexes.
 * @module
 */
import type { ActionState } from '../engine/action-state.ts';
import type { Frame } from '../engine/frame.ts';
import type { RunEngine } from '../engine/run-engine.ts';
import type { Place } from '../ports/run-store.ts';

/** The path of a body being run: empty for the run's own. */
export function framePath(frame: Frame): string {
  const { owner, index } = frame;
  const around = owner.state ?? owner.run.around;
  const path = around === undefined ? '' : statePath(around);
  return index < 0 ? path : `${path}[${owner.iterationKey(frame)}]`;
}

/** The path of an action or container. */
export function statePath(state: ActionState): string {
  const frame = framePath(state.frame);
  return frame === '' ? state.name : `${frame}/${state.name}`;
}

/** Where an action or container has its outcome. */
export function placeOf(state: ActionState): Place {
  return { frame: framePath(state.frame), key: state.name };
}

/** Where an iteration has its outcome: in the frame that is called as its loop. */
export function placeOfIteration(frame: Frame): Place {
  return { frame: loopPath(frame), key: frame.owner.iterationKey(frame) };
}

/** The path of the loop that an iteration belongs to. */
function loopPath({ owner }: Frame): string {
  return statePath(owner.state as ActionState);
}

/** The path of a run: empty, or that of the action around it with a slash, which no action has. */
export function runPath(run: RunEngine): string {
  return run.around === undefined ? '' : `${statePath(run.around)}/`;
}

/** The path of a part of the items of a loop. */
export function chunkPath(loop: string, chunk: number): string {
  return `${loop}[]${chunk}`;
}
