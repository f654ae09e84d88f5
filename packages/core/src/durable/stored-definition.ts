/**
 * The text in which a definition is kept with its run: its outline, and what an explanation or a picture
 * of the run needs besides. The functions are not in it, and nothing of the run's values.
 *
 * Invariant: the order of the actions, their criticality and the width of loops may change between two
 * processes of a run, so they stand outside the outline, which is what a resume compares.
 * Read next: definition-outline.ts; revived-definition.ts, the way back.
 * @module
 */
import type {
  Body,
  Criticality,
  Keep,
  Node,
  WorkflowDefinition,
} from '../definition/definition.ts';
import { type DefinitionOutline, type OutlineNode, outlineOf } from './definition-outline.ts';

/** What the outline leaves out of a node; what is absent is as it is by default. */
export interface NodeShape {
  /** Its position in `nodes` of the outline. */
  readonly node: number;
  /** The names that it runs after, in the order in which they were listed; absent where that is sorted. */
  readonly after?: readonly string[];
  readonly criticality?: Exclude<Criticality, 'critical'>;
  readonly keep?: Exclude<Keep, 'all'>;
  /** How many iterations at once, at most; absent where there is no bound. */
  readonly concurrency?: number;
}

export interface StoredDefinition extends DefinitionOutline {
  /** Every node, each after what it runs after, containers before what is inside. */
  readonly shape: readonly NodeShape[];
}

/** Whether a definition was kept with its shape; earlier versions kept the outline alone. */
export function hasShape(definition: DefinitionOutline): definition is StoredDefinition {
  return 'shape' in definition;
}

const texts = new WeakMap<WorkflowDefinition, string>();

/** A definition as it is stored, made once: every run of a workflow asks for it. */
export function storedDefinition(definition: WorkflowDefinition): string {
  const known = texts.get(definition);
  if (known !== undefined) return known;
  const outline = outlineOf(definition);
  const positions = new Map(outline.nodes.map(({ path }, position) => [path, position]));
  const shape: NodeShape[] = [];
  addShapes(definition.body, '', (node, path) => {
    const position = positions.get(path) as number;
    shape.push(shapeOf(node, position, outline.nodes[position] as OutlineNode));
  });
  const text = JSON.stringify({ ...outline, shape } satisfies StoredDefinition);
  texts.set(definition, text);
  return text;
}

interface DefinedNode {
  readonly node: Node;
  /** The names of what it runs after, as they were listed. */
  readonly after: readonly string[];
}

/** @param around - what stands before the addresses of a child workflow. */
function addShapes(
  body: Body,
  around: string,
  add: (defined: DefinedNode, path: string) => void,
): void {
  for (const node of body.nodes) {
    const path = around + node.address;
    add({ node, after: node.runAfter.map(({ from }) => body.nodes[from]?.name ?? '') }, path);
    if (node.kind === 'child') addShapes(node.workflow.body, `${path}/`, add);
    if ('body' in node) addShapes(node.body, around, add);
    for (const branch of 'branches' in node ? node.branches : []) {
      add({ node: branch, after: [] }, around + branch.address);
      addShapes(branch.body, around, add);
    }
  }
}

function shapeOf(
  { node, after }: DefinedNode,
  position: number,
  { runAfter }: OutlineNode,
): NodeShape {
  const isSorted = runAfter.every(({ name }, at) => name === after[at]);
  const { criticality } = node;
  const { keep = 'all', concurrency } = node.kind === 'forEach' ? node : {};
  const most = concurrency?.most ?? Number.POSITIVE_INFINITY;
  return {
    node: position,
    ...(!isSorted && { after }),
    ...(criticality !== 'critical' && { criticality }),
    ...(keep !== 'all' && { keep }),
    ...(Number.isFinite(most) && { concurrency: most }),
  };
}
