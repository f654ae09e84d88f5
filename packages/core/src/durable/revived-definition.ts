/**
 * A definition without its functions, made of what is stored with a run: enough to bring back how the run
 * went and to explain it, by whoever does not have the workflow.
 *
 * Invariant: the engine finds in it what it finds in the real one, in the same order, so that a run is
 * explained in the same words. None of its functions is ever called.
 * Read next: read-snapshot.ts.
 * @module
 */
import type {
  Body,
  BranchNode,
  Edge,
  Node,
  NodeBase,
  Successor,
  WorkflowDefinition,
} from '../definition/definition.ts';
import { statusBits } from '../status.ts';
import type { OutlineEdge, OutlineNode } from './definition-outline.ts';
import type { NodeShape, StoredDefinition } from './stored-definition.ts';

/** What is stored of one node. */
interface StoredNode {
  readonly outline: OutlineNode;
  readonly shape: Partial<NodeShape>;
  readonly name: string;
}

/** Those inside a container, or in the run itself, by the path of what is around them. */
type StoredBodies = ReadonlyMap<string, readonly StoredNode[]>;

export function revivedDefinition(name: string, stored: StoredDefinition): WorkflowDefinition {
  return definitionOf(name, stored.version, '', bodiesOf(stored), stored.events);
}

function definitionOf(
  name: string,
  version: string | undefined,
  path: string,
  bodies: StoredBodies,
  events: StoredDefinition['events'] = [],
): WorkflowDefinition {
  return {
    ...{ name, version, timeout: undefined, maxConcurrentActions: undefined, grace: 0 },
    body: new BodyReviver(bodies, path === '' ? '' : `${path}/`).body(path, false),
    events: new Set(events.map((event) => event.name)),
  };
}

function bodiesOf({ nodes, shape }: StoredDefinition): StoredBodies {
  const bodies = new Map<string, StoredNode[]>();
  for (const one of shape) {
    const outline = nodes[one.node];
    if (outline === undefined) continue;
    const slash = outline.path.lastIndexOf('/');
    const around = outline.path.slice(0, Math.max(0, slash));
    const inside = bodies.get(around) ?? [];
    inside.push({ outline, shape: one, name: outline.path.slice(slash + 1) });
    bodies.set(around, inside);
  }
  return bodies;
}

class BodyReviver {
  readonly #bodies: StoredBodies;
  /** What stands before the addresses of this workflow, where it is a child. */
  readonly #around: string;

  constructor(bodies: StoredBodies, around: string) {
    this.#bodies = bodies;
    this.#around = around;
  }

  body(path: string, repeats: boolean): Body {
    const stored = this.#bodies.get(path) ?? [];
    const names = new Map(stored.map(({ name }, index) => [name, index]));
    const edges = stored.map((node) => edgesOf(node, names));
    const successors = successorsOf(edges);
    const nodes = stored.map((node, index) =>
      this.#node(node, {
        index,
        repeats,
        runAfter: edges[index] ?? [],
        successors: successors[index] ?? [],
      }),
    );
    return {
      nodes,
      names,
      roots: indexesOf(nodes, ({ waitsFor }) => waitsFor === 0),
      leaves: indexesOf(nodes, ({ successors }) => successors.length === 0),
      output: undefined,
      outputIsSecure: false,
    };
  }

  #node(
    { outline, shape, name }: StoredNode,
    place: Pick<NodeBase, 'index' | 'repeats' | 'runAfter' | 'successors'>,
  ): Node {
    const { path, kind, of = '', version, secureInputs = false, secureOutputs = false } = outline;
    const { criticality = 'critical', keep = 'all', concurrency: most = Infinity } = shape;
    const base: NodeBase = {
      ...place,
      ...{ name, criticality, secureInputs, secureOutputs, inputs: [] },
      address: path.slice(this.#around.length),
      waitsFor: place.runAfter.length,
      timeout: undefined,
      metadata: undefined,
    };
    const body = (repeats = place.repeats): Body => this.body(path, repeats);
    switch (kind) {
      case 'action': {
        const options = { retry: undefined, select: undefined, payloadLimit: undefined };
        return { ...base, kind, run: notHere, ...options, limiters: [], plain: true };
      }
      case 'scope':
      case 'branch':
        return { ...base, kind, body: body() };
      case 'forEach': {
        const concurrency = { most, adaptive: undefined };
        const options = { key: undefined, id: undefined, lookAhead: 0, secureItems: secureInputs };
        return { ...base, kind, items: notHere, body: body(true), concurrency, keep, ...options };
      }
      case 'until': {
        const limits = { maxIterations: Infinity, onLimit: 'fail' as const };
        return { ...base, kind, initial: notHere, done: notHere, body: body(true), ...limits };
      }
      case 'condition':
      case 'switch': {
        const branches = body().nodes as readonly Node[] as readonly BranchNode[];
        return { ...base, kind, choose: notHere, branches, otherwise: 'nothing' };
      }
      case 'child': {
        const workflow = definitionOf(of, version, path, this.#bodies);
        return { ...base, kind, workflow, input: notHere, limiters: [] };
      }
      case 'delay':
        return { ...base, kind, duration: notHere, fixedDuration: undefined };
      case 'waitFor':
        return { ...base, kind, event: of, correlate: undefined };
      case 'terminate':
        return { ...base, kind, status: 'Cancelled', code: '', message: '' };
      case 'container':
        return { ...base, kind, container: { name: of }, options: undefined, body: body() };
    }
  }
}

function edgesOf({ outline, shape }: StoredNode, names: ReadonlyMap<string, number>): Edge[] {
  const { runAfter } = outline;
  const byName = new Map(runAfter.map((edge) => [edge.name, edge]));
  const listed = shape.after?.map((name) => byName.get(name)) ?? runAfter;
  return listed
    .filter((edge): edge is OutlineEdge => edge !== undefined)
    .map(({ name, statuses }) => ({
      from: names.get(name) ?? 0,
      accepts: statuses.reduce((bits, status) => bits | statusBits(status), 0),
    }));
}

function successorsOf(edges: readonly (readonly Edge[])[]): readonly (readonly Successor[])[] {
  const successors: Successor[][] = edges.map(() => []);
  edges.forEach((runAfter, to) => {
    for (const { from, accepts } of runAfter) successors[from]?.push({ to, accepts });
  });
  return successors;
}

function indexesOf(nodes: readonly Node[], is: (node: Node) => boolean): readonly number[] {
  return nodes.filter(is).map(({ index }) => index);
}

/** Stands where a function of the workflow was. */
function notHere(): never {
  throw new TypeError('The functions of a stored run are with its workflow, and not here.');
}
