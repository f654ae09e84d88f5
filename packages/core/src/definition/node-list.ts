/**
 * All nodes of a definition as one list, also those inside containers and child workflows: what a picture
 * of a run is drawn on.
 * @module
 */
import { type Status, statusNames } from '../status.ts';
import type { Body, Criticality, Node, WorkflowDefinition } from './definition.ts';

/** An action or container of a definition, with what stands around it and before it. */
export interface ListedNode {
  /** Where it stands, such as `Orders/Mail`; what is inside a child workflow stands below its action. */
  readonly address: string;
  readonly name: string;
  readonly kind: Node['kind'];
  /** The kind of a container, the workflow of a child, the event of a waitFor. */
  readonly of: string | undefined;
  /** The address of what it is inside of; empty for the run's own body. */
  readonly container: string;
  /** Siblings, by name, as they were listed. */
  readonly runAfter: readonly { readonly name: string; readonly statuses: readonly Status[] }[];
  readonly criticality: Criticality;
  /** Of a loop: how many iterations at once, at most. Infinity for everything else. */
  readonly concurrency: number;
}

/** Each after what it runs after, containers before what is inside. */
export function listNodes({ body }: Pick<WorkflowDefinition, 'body'>): readonly ListedNode[] {
  const nodes: ListedNode[] = [];
  addBody(body, '', nodes);
  return nodes;
}

function addBody(body: Body, container: string, nodes: ListedNode[]): void {
  for (const node of body.nodes) {
    const address = container === '' ? node.name : `${container}/${node.name}`;
    nodes.push({
      ...{ address, name: node.name, kind: node.kind, of: whatOf(node), container },
      runAfter: node.runAfter.map(({ from, accepts }) => ({
        name: body.nodes[from]?.name ?? '',
        statuses: statusNames(accepts),
      })),
      criticality: node.criticality,
      concurrency: node.kind === 'forEach' ? node.concurrency.most : Number.POSITIVE_INFINITY,
    });
    if (node.kind === 'child') addBody(node.workflow.body, address, nodes);
    if ('body' in node) addBody(node.body, address, nodes);
    if ('branches' in node) addBody(bodyOf(node.branches), address, nodes);
  }
}

function bodyOf(nodes: readonly Node[]): Body {
  return {
    nodes,
    names: new Map(),
    roots: [],
    leaves: [],
    output: undefined,
    outputIsSecure: false,
  };
}

function whatOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'container':
      return node.container.name;
    case 'child':
      return node.workflow.name;
    case 'waitFor':
      return node.event;
    default:
      return undefined;
  }
}
