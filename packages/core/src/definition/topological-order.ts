/**
 * Puts nodes into an order in which each comes after its predecessors.
 * @module
 */

/**
 * Goes through the nodes as they are defined, and puts before each one what it still lacks. So an
 * order that is right already stays as it is, and the same definition always gives the same order.
 *
 * @param predecessors - for each node the indexes of its predecessors.
 * @returns the order; or, where there is none, a cycle in the order in which its nodes would run,
 *   beginning and ending with the one that is defined first.
 */
export function topologicalOrder(
  predecessors: readonly (readonly number[])[],
): { readonly order: readonly number[] } | { readonly cycle: readonly number[] } {
  const order: number[] = [];
  const done = new Set<number>();
  for (let first = 0; first < predecessors.length; first++) {
    // An explicit stack: a chain of 100,000 must not overflow that of the language.
    const path: { readonly node: number; next: number }[] = [];
    const onPath = new Set<number>();
    enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const predecessor = predecessors[top.node]?.[top.next++];
      if (predecessor === undefined) {
        path.pop();
        onPath.delete(top.node);
        done.add(top.node);
        order.push(top.node);
      } else if (onPath.has(predecessor)) {
        const nodes = path.map((entry) => entry.node);
        return { cycle: inRunningOrder(nodes.slice(nodes.indexOf(predecessor))) };
      } else {
        enter(predecessor);
      }
    }
    function enter(node: number): void {
      if (done.has(node)) return;
      path.push({ node, next: 0 });
      onPath.add(node);
    }
  }
  return { order };
}

/** The search went from a node to what it runs after, so the other way round is how they would run. */
function inRunningOrder(path: readonly number[]): number[] {
  const cycle = path.toReversed();
  const start = cycle.indexOf(Math.min(...cycle));
  const turned = [...cycle.slice(start), ...cycle.slice(0, start)];
  return [...turned, ...turned.slice(0, 1)];
}
