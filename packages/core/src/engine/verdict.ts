/**
 * The leaf rule: a container is Failed when any of its leaves is failing, else Succeeded. A leaf is
 * failing when it did not succeed, or when it was skipped and something that it waited for is failing,
 * recursively. A leaf that is declared important or optional is never failing.
 * @module
 */
import { FAILED, SKIPPED, type StatusBits, SUCCEEDED, UNSUCCESSFUL } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { Frame } from './frame.ts';

/** The status of a body whose actions have all ended. */
export function leafStatus(frame: Frame): StatusBits {
  return decidingLeaf(frame) === undefined ? SUCCEEDED : FAILED;
}

/** The first leaf that makes the body Failed; undefined when none does. */
export function decidingLeaf(frame: Frame): ActionState | undefined {
  const failing = failingNodes(frame);
  if (failing === undefined) return undefined;
  const leaf = frame.body.leaves.find((index) => {
    return failing[index] === 1 && frame.at(index).node.criticality === 'critical';
  });
  return leaf === undefined ? undefined : frame.at(leaf);
}

/**
 * From a failing state up to the one that did not succeed: the skipped ones on the way, and that one
 * last.
 */
export function chainToCause(state: ActionState): ActionState[] {
  const { frame } = state;
  const failing = failingNodes(frame);
  const chain = [state];
  let last = state;
  while (last.bits === SKIPPED) {
    const edge = last.node.runAfter.find(({ from }) => failing?.[from] === 1);
    if (edge === undefined) break;
    last = frame.at(edge.from);
    chain.push(last);
  }
  return chain;
}

/** 1 for each node that is failing; undefined when nothing is. Nodes are in topological order. */
function failingNodes(frame: Frame): Uint8Array | undefined {
  const { nodes } = frame.body;
  if (!hasUnsuccessful(frame)) return undefined;
  const failing = new Uint8Array(nodes.length);
  for (let index = 0; index < nodes.length; index++) {
    const state = frame.at(index);
    const isFailing =
      (state.bits & UNSUCCESSFUL) !== 0 ||
      (state.bits === SKIPPED && state.node.runAfter.some(({ from }) => failing[from] === 1));
    failing[index] = isFailing ? 1 : 0;
  }
  return failing;
}

/** Asked for every iteration of every loop, so without a closure. */
function hasUnsuccessful(frame: Frame): boolean {
  const count = frame.body.nodes.length;
  for (let index = 0; index < count; index++) {
    if ((frame.at(index).bits & UNSUCCESSFUL) !== 0) return true;
  }
  return false;
}
