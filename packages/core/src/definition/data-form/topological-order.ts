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
  const marks = new Uint8Array(predecessors.length);
  // An explicit stack: a chain of 100,000 must not overflow that of the language.
  const path: number[] = [];
  const positions: number[] = [];
  const enter = (node: number): void => {
    marks[node] = onPath;
    path.push(node);
    positions.push(0);
  };
  for (let first = 0; first < predecessors.length; first++) {
    if (marks[first] === unseen) enter(first);
    while (path.length > 0) {
      const top = path.length - 1;
      const node = path[top] as number;
      const position = positions[top] as number;
      positions[top] = position + 1;
      const predecessor = predecessors[node]?.[position];
      if (predecessor === undefined) {
        marks[node] = done;
        order.push(node);
        path.pop();
        positions.pop();
      } else if (marks[predecessor] === onPath) {
        return { cycle: inRunningOrder(path.slice(path.indexOf(predecessor))) };
      } else if (marks[predecessor] === unseen) {
        enter(predecessor);
      }
    }
  }
  return { order };
}

const unseen = 0;
const onPath = 1;
const done = 2;

/** The search went from a node to what it runs after, so the other way round is how they would run. */
function inRunningOrder(path: readonly number[]): number[] {
  const cycle = path.toReversed();
  const start = cycle.indexOf(Math.min(...cycle));
  const turned = [...cycle.slice(start), ...cycle.slice(0, start)];
  return [...turned, ...turned.slice(0, 1)];
}
