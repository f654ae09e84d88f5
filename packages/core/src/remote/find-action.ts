/**
 * An action of a definition by its address, through containers and child workflows.
 * @module
 */
import type { Limiter } from '@runafter/clock';
import type { ActionNode, Body, Node, WorkflowDefinition } from '../definition/definition.ts';
import { inLimiterOrder } from '../definition/rules/limiter-order.ts';

/** An action, with the limiters of the child workflows around it and its own. */
export interface FoundAction {
  readonly node: ActionNode;
  readonly limiters: readonly Limiter[];
}

/** The action at an address such as `Orders/Mail`; undefined when there is none. */
export function findAction(
  definition: WorkflowDefinition,
  address: string,
): FoundAction | undefined {
  let limiters: readonly Limiter[] = [];
  let inside = definition.body.nodes;
  let node: Node | undefined;
  for (const name of address.split('/')) {
    node = inside.find((candidate) => candidate.name === name);
    if (node === undefined) return undefined;
    if (node.kind === 'child') limiters = inLimiterOrder(node.limiters, limiters);
    inside = nodesIn(node);
  }
  if (node?.kind !== 'action') return undefined;
  return { node, limiters: inLimiterOrder(node.limiters, limiters) };
}

/** Every action of a definition, with its address. */
export function* actionsOf(
  definition: WorkflowDefinition,
): Generator<{ readonly address: string; readonly node: ActionNode }> {
  yield* actionsIn(definition.body.nodes, '');
}

function* actionsIn(
  nodes: readonly Node[],
  prefix: string,
): Generator<{ readonly address: string; readonly node: ActionNode }> {
  for (const node of nodes) {
    const address = prefix + node.name;
    if (node.kind === 'action') yield { address, node };
    else yield* actionsIn(nodesIn(node), `${address}/`);
  }
}

function nodesIn(node: Node): readonly Node[] {
  if (node.kind === 'child') return node.workflow.body.nodes;
  if (node.kind === 'condition' || node.kind === 'switch') return node.branches;
  return 'body' in node ? (node.body as Body).nodes : [];
}
