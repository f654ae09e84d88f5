/**
 * The same graph with something else inside: for tools that run a definition as somebody else's.
 *
 * A definition is data that refers to siblings by their indexes. So what a rewrite may change is what a node is and
 * does; its name, its place and its edges stay.
 * @module
 */
import type { Body, BranchNode, Node, WorkflowDefinition } from './definition.ts';
import { DefinitionError } from './definition-error.ts';
import { isPlain } from './is-plain.ts';
import { showValue } from './rules/show-value.ts';
import type { Workflow } from './workflow.ts';
import { isWorkflow, makeWorkflow } from './workflow-brand.ts';

/**
 * Gives what stands in the place of a node: the node itself, or another, usually a spread of it. Containers come
 * after what is inside them, and have it rewritten already.
 *
 * @param address - through the child workflows: `Orders/Mail`.
 */
export type Rewriting = (node: Node, address: string) => Node;

/**
 * Makes a workflow with the name, the graph and the limits of another one, in which `rewriting` has replaced what
 * it wants: actions' functions, a loop's concurrency, a wait by a delay. The definition that it is made of does not
 * change. Nothing is checked: what is put in is what runs.
 *
 * @throws {DefinitionError} `WORKFLOW_INVALID`: not a workflow.
 * @example
 * const dry = rewrite(fulfilOrder, (node) => (node.kind === 'action' ? { ...node, run: () => undefined } : node));
 */
export function rewrite(
  // biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
  workflow: Workflow<any, unknown>,
  rewriting: Rewriting,
): Workflow<unknown, unknown> {
  if (!isWorkflow(workflow)) {
    throw new DefinitionError(
      'WORKFLOW_INVALID',
      {},
      `rewrite() takes what workflow() or defineWorkflow() returned, but got ${showValue(workflow)}.`,
      { value: workflow },
    );
  }
  return makeWorkflow(inWorkflow(workflow.definition, '', rewriting));
}

function inWorkflow(
  definition: WorkflowDefinition,
  prefix: string,
  rewriting: Rewriting,
): WorkflowDefinition {
  return Object.freeze({ ...definition, body: inBody(definition.body, prefix, rewriting) });
}

function inBody(body: Body, prefix: string, rewriting: Rewriting): Body {
  const nodes = body.nodes.map((node) => inNode(node, prefix, rewriting));
  return Object.freeze({ ...body, nodes: Object.freeze(nodes) });
}

function inNode(node: Node, prefix: string, rewriting: Rewriting): Node {
  const address = prefix + node.name;
  const rewritten = rewriting(withInside(node, `${address}/`, rewriting), address);
  const { name, index, waitsFor, runAfter, successors } = node;
  const inPlace = { ...rewritten, name, index, waitsFor, runAfter, successors };
  return Object.freeze(
    inPlace.kind === 'action' ? { ...inPlace, plain: isPlain(inPlace) } : inPlace,
  );
}

function withInside(node: Node, prefix: string, rewriting: Rewriting): Node {
  switch (node.kind) {
    case 'child':
      return { ...node, workflow: inWorkflow(node.workflow, prefix, rewriting) };
    case 'condition':
    case 'switch': {
      const branches = node.branches.map((branch) => inNode(branch, prefix, rewriting));
      return { ...node, branches: Object.freeze(branches as BranchNode[]) };
    }
    case 'scope':
    case 'branch':
    case 'forEach':
    case 'until':
    case 'container':
      return { ...node, body: inBody(node.body, prefix, rewriting) };
    default:
      return node;
  }
}
