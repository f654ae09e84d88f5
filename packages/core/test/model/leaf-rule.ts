/**
 * The leaf rule, word for word: a container is Failed when any of its leaves is failing.
 * @module
 */
import type { Status } from '../../src/index.ts';
import type { BodyPlan, NodePlan } from './plan.ts';

/** How a container ended whose children all have. */
export function leafRule(body: BodyPlan, statusOf: StatusOf): 'Succeeded' | 'Failed' {
  return failingLeaves(body, statusOf).size > 0 ? 'Failed' : 'Succeeded';
}

/**
 * The names of the leaves that make their container Failed.
 *
 * A leaf is failing when it ended Failed, TimedOut or Cancelled, or when it was Skipped and any of
 * its predecessors is failing, recursively. One declared important or optional never is.
 */
export function failingLeaves({ nodes }: BodyPlan, statusOf: StatusOf): ReadonlySet<string> {
  const failing = failingNodes(nodes, statusOf);
  const deciding = nodes
    .filter(({ name }) => isLeaf(nodes, name) && failing.has(name))
    .filter(({ criticality = 'critical' }) => criticality === 'critical');
  return new Set(deciding.map(({ name }) => name));
}

type StatusOf = (name: string) => Status;

function isLeaf(nodes: readonly NodePlan[], name: string): boolean {
  return nodes.every(({ runAfter }) => runAfter.every(({ from }) => from !== name));
}

function failingNodes(nodes: readonly NodePlan[], statusOf: StatusOf): ReadonlySet<string> {
  const failing = new Set<string>();
  for (let size = -1; size < failing.size; ) {
    size = failing.size;
    for (const { name, runAfter } of nodes) {
      const status = statusOf(name);
      const itself = status === 'Failed' || status === 'TimedOut' || status === 'Cancelled';
      const inherited = status === 'Skipped' && runAfter.some(({ from }) => failing.has(from));
      if (itself || inherited) failing.add(name);
    }
  }
  return failing;
}
