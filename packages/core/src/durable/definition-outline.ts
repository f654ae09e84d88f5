/**
 * What of a definition decides how a stored run goes on: which actions there are, and what waits for
 * what. It is stored with the run, and compared when the run is resumed.
 *
 * Invariant: the same definition always gives the same outline, in whichever order its actions were
 * written. There are no functions in it: new code in a handler is no change.
 * Read next: definition-changes.ts.
 * @module
 */
import type { Body, Node, NodeBase, WorkflowDefinition } from '../definition/definition.ts';
import { type Status, statusNames } from '../status.ts';

export interface OutlineEdge {
  /** A sibling. */
  readonly name: string;
  readonly statuses: readonly Status[];
}

export interface OutlineNode {
  /** Where it stands, such as `Orders/Mail`; what is inside a child workflow stands below its action. */
  readonly path: string;
  readonly kind: Node['kind'];
  /** The kind of a container, the workflow of a child, the event of a waitFor. */
  readonly of?: string;
  /** That of a child workflow. */
  readonly version?: string;
  /** It takes in something secure, or hands it over. */
  readonly secureInputs?: true;
  readonly secureOutputs?: true;
  /** Sorted by name. */
  readonly runAfter: readonly OutlineEdge[];
}

export interface OutlineEvent {
  readonly name: string;
  /** Whoever sends it has to encrypt its payload. */
  readonly secure: boolean;
}

/** Plain JSON. */
export interface DefinitionOutline {
  readonly version?: string;
  /** Those that it or a child workflow waits for, sorted by name. */
  readonly events: readonly OutlineEvent[];
  /** All of them, also those inside others, sorted by path. */
  readonly nodes: readonly OutlineNode[];
}

const outlines = new WeakMap<WorkflowDefinition, DefinitionOutline>();

/** The outline of a definition, made once: every run of a workflow asks for it. */
export function outlineOf(definition: WorkflowDefinition): DefinitionOutline {
  const known = outlines.get(definition);
  if (known !== undefined) return known;
  const outline = makeOutline(definition);
  outlines.set(definition, outline);
  return outline;
}

function makeOutline({ version, events, body }: WorkflowDefinition): DefinitionOutline {
  const nodes: OutlineNode[] = [];
  const secureEvents = new Set<string>();
  addBody(body, '', nodes, secureEvents);
  return {
    ...(version !== undefined && { version }),
    events: [...events].sort().map((name) => ({ name, secure: secureEvents.has(name) })),
    nodes: nodes.sort(byText(({ path }) => path)),
  };
}

/** @param around - what stands before the addresses of a child workflow. */
function addBody(
  body: Body,
  around: string,
  nodes: OutlineNode[],
  secureEvents: Set<string>,
): void {
  for (const node of body.nodes) {
    const path = around + node.address;
    nodes.push({
      ...{ path, kind: node.kind, ...moreAbout(node), ...secretsOf(node) },
      runAfter: edgesOf(node, body),
    });
    if (node.kind === 'waitFor' && node.secureOutputs) secureEvents.add(node.event);
    if (node.kind === 'child') addBody(node.workflow.body, `${path}/`, nodes, secureEvents);
    if ('body' in node) addBody(node.body, around, nodes, secureEvents);
    if ('branches' in node) {
      for (const branch of node.branches) {
        const { kind } = branch;
        nodes.push({ path: around + branch.address, kind, ...secretsOf(branch), runAfter: [] });
        addBody(branch.body, around, nodes, secureEvents);
      }
    }
  }
}

function moreAbout(node: Node): Pick<OutlineNode, 'of' | 'version'> {
  switch (node.kind) {
    case 'container':
      return { of: node.container.name };
    case 'waitFor':
      return { of: node.event };
    case 'child': {
      const { name, version } = node.workflow;
      return { of: name, ...(version !== undefined && { version }) };
    }
    default:
      return {};
  }
}

function secretsOf({
  secureInputs,
  secureOutputs,
}: NodeBase): Pick<OutlineNode, 'secureInputs' | 'secureOutputs'> {
  return { ...(secureInputs && { secureInputs }), ...(secureOutputs && { secureOutputs }) };
}

function edgesOf({ runAfter }: Node, { nodes }: Body): readonly OutlineEdge[] {
  return runAfter
    .map(({ from, accepts }) => ({
      name: nodes[from]?.name ?? '',
      statuses: statusNames(accepts),
    }))
    .sort(byText(({ name }) => name));
}

/** By UTF-16 code units, which is the same on every machine. */
function byText<T>(textOf: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [textOf(a), textOf(b)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  };
}
