/**
 * Turns the names in the runAfters of one container into an order of its actions.
 *
 * Names can be wrong in ways that handles cannot: unknown, of another container, in a circle. Each is
 * refused here, with the way out.
 * @module
 */

import { didYouMean } from '@runafter/errors';
import { DefinitionError } from '../definition-error.ts';
import { addressesOf } from '../rules/name-search.ts';
import type { TypedNode } from './data-node-types.ts';
import { type NamedEdge, readNamedEdges } from './data-run-after.ts';
import { topologicalOrder } from './topological-order.ts';

/** An action of a container with its edges by name. */
export interface NamedNode extends TypedNode {
  readonly name: string;
  readonly edges: readonly NamedEdge[];
}

/** The container whose actions are put in order. */
export interface Surroundings {
  /** Empty for the workflow itself. */
  readonly address: string;
  /** What messages call it. */
  readonly container: string;
  /** The actions of the whole workflow, as the user wrote them. */
  readonly all: unknown;
}

/**
 * Puts the nodes of a container into an order in which each comes after what it runs after.
 *
 * @throws {DefinitionError} `RUN_AFTER_UNKNOWN`, `RUN_AFTER_CROSSES_SCOPE`, `RUN_AFTER_SELF`,
 *   `RUN_AFTER_TERMINATE`, `RUN_AFTER_CYCLE`, and those of readNamedEdges.
 */
export function inRunAfterOrder(
  nodes: ReadonlyMap<string, TypedNode>,
  around: Surroundings,
): readonly NamedNode[] {
  const named: NamedNode[] = [];
  const indexes = new Map<string, number>();
  for (const [name, { type, place, properties, options }] of nodes) {
    const edges = readNamedEdges(place, properties.runAfter);
    indexes.set(name, named.length);
    named.push({ name, type, place, properties, options, edges });
  }
  const predecessors = named.map((node) =>
    node.edges.map((edge) => {
      checkEdge(node, edge, nodes, around);
      return indexes.get(edge.name) as number;
    }),
  );
  const sorted = topologicalOrder(predecessors);
  if ('cycle' in sorted) throw cycleError(sorted.cycle.map((index) => named[index] as NamedNode));
  return sorted.order.map((index) => named[index] as NamedNode);
}

function checkEdge(
  node: NamedNode,
  edge: NamedEdge,
  nodes: ReadonlyMap<string, TypedNode>,
  around: Surroundings,
): void {
  const facts = { option: 'runAfter', value: edge.name };
  if (edge.name === node.name) {
    throw new DefinitionError(
      'RUN_AFTER_SELF',
      node.place,
      `its runAfter names "${edge.name}", which is itself. It would never start; remove the entry. ` +
        'To repeat something use until.',
      facts,
    );
  }
  const predecessor = nodes.get(edge.name);
  if (predecessor === undefined) throw missing(node, edge.name, nodes.keys(), around);
  if (predecessor.type === 'terminate') {
    throw new DefinitionError(
      'RUN_AFTER_TERMINATE',
      node.place,
      `its runAfter names "${edge.name}", a terminate, which ends the whole run. ` +
        'Nothing can run after it; run after what comes before it.',
      facts,
    );
  }
}

function missing(
  node: NamedNode,
  name: string,
  siblings: Iterable<string>,
  around: Surroundings,
): DefinitionError {
  const facts = { option: 'runAfter', value: name };
  const elsewhere = addressesOf(name, around.all);
  const nearest = elsewhere.find((address) => isOutside(address, around)) ?? elsewhere[0];
  if (nearest === undefined) {
    return new DefinitionError(
      'RUN_AFTER_UNKNOWN',
      node.place,
      `its runAfter names "${name}", which does not exist in ${around.container}.` +
        `${didYouMean(name, siblings)} Correct the name or add the action.`,
      facts,
    );
  }
  return new DefinitionError(
    'RUN_AFTER_CROSSES_SCOPE',
    node.place,
    `its runAfter crosses a scope's border: "${name}" is not in ${around.container} but at ` +
      `"${nearest}". ${wayOut(name, nearest, around)}`,
    facts,
  );
}

/** Whether the address is that of something in a container around this one, or of such a container. */
function isOutside(address: string, { address: own }: Surroundings): boolean {
  const container = parentOf(address);
  return container === '' || `${own}/`.startsWith(`${container}/`);
}

function wayOut(name: string, address: string, around: Surroundings): string {
  const own = around.address;
  if (own === address || own.startsWith(`${address}/`)) {
    return `"${name}" is around it and ends after it; remove the entry.`;
  }
  if (isOutside(address, around) && own !== '') {
    const outer = childOf(parentOf(address), own);
    return `Let "${outer}" run after "${name}", and read it inside with outputs("${name}").`;
  }
  if (own === '' || address.startsWith(`${own}/`)) {
    return `Run after "${childOf(own, address)}", which it is in, and hand its output over with output.`;
  }
  return 'Only actions of the same container can run after each other; connect the containers.';
}

function parentOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf('/')));
}

/** The name just below `container` on the way down to `address`. */
function childOf(container: string, address: string): string {
  const below = container === '' ? address : address.slice(container.length + 1);
  return below.split('/')[0] ?? below;
}

function cycleError(cycle: readonly NamedNode[]): DefinitionError {
  const path = cycle.map((node) => node.name).join(' → ');
  const [first] = cycle as [NamedNode];
  const last = cycle.at(-2) as NamedNode;
  return new DefinitionError(
    'RUN_AFTER_CYCLE',
    first.place,
    `its runAfter makes a circle, ${path}, in which each waits for the one before it. ` +
      `Remove one of these edges, such as "${last.name}" from the runAfter of "${first.name}". ` +
      'To repeat something use until.',
    { option: 'runAfter', value: path },
  );
}
