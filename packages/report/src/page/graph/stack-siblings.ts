/**
 * Siblings that are alike become one stack: a fan of 500 calls says no more drawn 500 times.
 * @module
 */
import type { NodeView } from '../../view/run-view.ts';

/** As many alike siblings are still drawn one by one. */
const fewest = 5;

/**
 * Groups siblings that have the same kind, run after the same nodes in the same way, and are run after
 * by the same ones.
 *
 * @param nodes - of one body, in the order of the definition.
 * @param isAlone - says of a node that it must keep a box of its own.
 * @returns stacks and single nodes, each where its first node stood.
 */
export function stackSiblings(
  nodes: readonly NodeView[],
  isAlone: (node: NodeView) => boolean,
): [NodeView, ...NodeView[]][] {
  const followers = Map.groupBy(
    nodes.flatMap((node) =>
      node.runAfter.map((edge) => ({ of: edge.address, edge: edgeKey(node.address, edge) })),
    ),
    ({ of }) => of,
  );
  const groups = Map.groupBy(nodes, (node) => {
    if (isAlone(node)) return node.address;
    const before = node.runAfter.map((edge) => edgeKey(edge.address, edge)).sort();
    const after = followers.get(node.address)?.map(({ edge }) => edge) ?? [];
    return JSON.stringify([node.kind, node.of, node.criticality, before, after]);
  });
  return [...groups.values()].flatMap((alike) => {
    const [first, ...others] = alike as [NodeView, ...NodeView[]];
    const stack: [NodeView, ...NodeView[]] = [first, ...others];
    return alike.length < fewest ? alike.map((node): [NodeView] => [node]) : [stack];
  });
}

function edgeKey(address: string, { statuses }: NodeView['runAfter'][number]): string {
  return `${address} ${statuses.join()}`;
}
