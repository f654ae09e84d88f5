/**
 * The leaf rule: a container is Failed when any of its leaves is failing, else Succeeded. A leaf is
 * failing when it did not succeed, or when it was skipped and something that it waited for is failing,
 * recursively. A leaf that is declared important or optional is never failing.
 * @module
 */
import {
  CANCELLED,
  FAILED,
  RUNNING,
  SKIPPED,
  type StatusBits,
  SUCCEEDED,
  UNSUCCESSFUL,
} from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { Frame } from './frame.ts';

/** The status of a body whose actions have all ended. */
export function leafStatus(frame: Frame): StatusBits {
  return decidingLeaf(frame) === undefined ? SUCCEEDED : FAILED;
}

/** How a node is failing. What was only cancelled explains nothing where something else has failed. */
const NOT_FAILING = 0;
const BY_CANCEL = 1;
const BY_FAILURE = 2;

/** The leaf that makes the body Failed, the first one that explains it; undefined when none does. */
export function decidingLeaf(frame: Frame): ActionState | undefined {
  const failing = failingNodes(frame);
  if (failing === undefined) return undefined;
  const { leaves } = frame.body;
  const isDeciding = (index: number, how: number): boolean =>
    failing[index] === how && frame.at(index).node.criticality === 'critical';
  const leaf =
    leaves.find((index) => isDeciding(index, BY_FAILURE)) ??
    leaves.find((index) => isDeciding(index, BY_CANCEL));
  return leaf === undefined ? undefined : frame.at(leaf);
}

/** Whether the body will be Failed however those end that have not ended yet. */
export function isCertainToFail(frame: Frame): boolean {
  if (!hasUnsuccessful(frame)) return false;
  const { nodes, leaves } = frame.body;
  const statuses = new Uint8Array(nodes.length);
  const failing = new Uint8Array(nodes.length);
  for (let index = 0; index < nodes.length; index++) {
    const state = frame.at(index);
    const { runAfter } = state.node;
    const isSkipped = ({ from, accepts }: (typeof runAfter)[number]): boolean => {
      const before = statuses[from] as StatusBits;
      return before !== RUNNING && (before & accepts) === 0;
    };
    if (state.hasEnded) statuses[index] = state.bits;
    else if (runAfter.some(isSkipped)) statuses[index] = SKIPPED;
    failing[index] = howFailing(statuses[index] as StatusBits, state, failing);
  }
  return leaves.some(
    (index) => failing[index] !== NOT_FAILING && frame.at(index).node.criticality === 'critical',
  );
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
    const { runAfter } = last.node;
    const edge =
      runAfter.find(({ from }) => failing?.[from] === BY_FAILURE) ??
      runAfter.find(({ from }) => failing?.[from] === BY_CANCEL);
    if (edge === undefined) break;
    last = frame.at(edge.from);
    chain.push(last);
  }
  return chain;
}

/** How each node is failing; undefined when nothing is. Nodes are in topological order. */
function failingNodes(frame: Frame): Uint8Array | undefined {
  const { nodes } = frame.body;
  if (!hasUnsuccessful(frame)) return undefined;
  const failing = new Uint8Array(nodes.length);
  for (let index = 0; index < nodes.length; index++) {
    const state = frame.at(index);
    failing[index] = howFailing(state.bits, state, failing);
  }
  return failing;
}

/** @param failing - how those before it are. */
function howFailing(bits: StatusBits, { node }: ActionState, failing: Uint8Array): number {
  if (bits === CANCELLED) return BY_CANCEL;
  if ((bits & UNSUCCESSFUL) !== 0) return BY_FAILURE;
  if (bits !== SKIPPED) return NOT_FAILING;
  let how = NOT_FAILING;
  for (const { from } of node.runAfter) how = Math.max(how, failing[from] as number);
  return how;
}

/** Asked for every iteration of every loop, so without a closure. */
function hasUnsuccessful(frame: Frame): boolean {
  const count = frame.body.nodes.length;
  for (let index = 0; index < count; index++) {
    if ((frame.at(index).bits & UNSUCCESSFUL) !== 0) return true;
  }
  return false;
}
