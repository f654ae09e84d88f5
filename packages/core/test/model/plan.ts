/**
 * Plans: random workflows as plain data, with what every handler will do written into them.
 *
 * Invariant: a plan decides everything. Two workflows made from it (typed-workflow.ts and
 * data-workflow.ts) must behave alike, and oracle.ts says how from the plan alone.
 * Read next: random-plan.ts makes plans, oracle.ts tells how they end.
 * @module
 */
import type { Criticality, Keep, RunAfterStatus } from '../../src/index.ts';

/** A whole workflow, and what happens to its run from outside. */
export interface Plan {
  readonly body: BodyPlan;
  /** Milliseconds; the run ends TimedOut after them. */
  readonly timeout?: number;
  /** Milliseconds after the start; then the run is cancelled. */
  readonly cancelAt?: number;
  /** Milliseconds; the engine's default where absent. */
  readonly grace?: number;
}

/** The inside of a container: nodes in an order in which predecessors come first. */
export interface BodyPlan {
  readonly nodes: readonly NodePlan[];
  /** Which child's output the body hands back, and whether as a bare handle or as its result. */
  readonly output?: { readonly child: string; readonly as: 'outputs' | 'result' };
}

/** An entry of a runAfter list. */
export interface EdgePlan {
  readonly from: string;
  readonly accepts: readonly RunAfterStatus[];
}

/** A value from outside its body that a node lists: an input of the container, or the loop's own. */
export type GivenPlan = number | 'item' | 'index';

interface NodeBase {
  readonly name: string;
  readonly runAfter: readonly EdgePlan[];
  /** Listed behind the edges. The typed builder alone can do that. */
  readonly given: readonly GivenPlan[];
  readonly criticality?: Criticality;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** What one call of a handler does. */
export interface Behaviour {
  /** Milliseconds until it ends by itself; 0 for one that is not async, Infinity for never. */
  readonly takes: number;
  readonly ends: 'returns' | 'throws';
  /** How many attempts throw before the one that ends as `ends` says. */
  readonly throwsFirst: number;
  /** Milliseconds that it still takes once its signal is aborted; `ignores` does not look at it. */
  readonly onAbort: number | 'ignores';
}

export interface ActionPlan extends NodeBase {
  readonly kind: 'action';
  /** In a loop, iteration i does what entry i modulo their number says. */
  readonly behaviours: readonly Behaviour[];
  readonly retry?: { readonly count: number; readonly interval: number };
}

export interface DelayPlan extends Omit<NodeBase, 'timeout'> {
  readonly kind: 'delay';
  /** Milliseconds; `throws` for a function that fails to give any. */
  readonly duration: number | 'throws';
}

export interface ScopePlan extends NodeBase {
  readonly kind: 'scope';
  readonly body: BodyPlan;
}

/** What the test of a condition, or the choice of a switch, does; by iteration, as behaviours. */
export type Choice = string | 'throws';

export interface BranchingPlan extends NodeBase {
  readonly kind: 'condition' | 'switch';
  /** `then` and perhaps `else`, or the cases of a switch. */
  readonly branches: Readonly<Record<string, BodyPlan>>;
  readonly choices: readonly Choice[];
}

export interface ForEachPlan extends NodeBase {
  readonly kind: 'forEach';
  /** How many items; `throws` for a function that fails to give any. */
  readonly items: number | 'throws';
  readonly source: 'array' | 'generator' | 'stream' | 'promise';
  /** Absent: the engine's default. */
  readonly concurrency?: number;
  readonly keep?: Keep;
  /** Items whose index is the same modulo this have the same key. The oracle's times do not know of it. */
  readonly keys?: number;
  /** The items have ids. */
  readonly identified?: boolean;
  readonly body: BodyPlan;
}

export interface UntilPlan extends Omit<NodeBase, 'timeout'> {
  readonly kind: 'until';
  /** The first round, counted from 0, after which it is done. */
  readonly doneAfter: number;
  readonly maxIterations: number;
  readonly onLimit: 'fail' | 'succeed';
  /** Which of its functions throws. */
  readonly throwsIn?: 'initial' | 'done';
  readonly body: BodyPlan;
}

/** Waits for a signal that is meant for it; see planned-signals.ts. */
export interface WaitForPlan extends NodeBase {
  readonly kind: 'waitFor';
  /** Milliseconds from the start of the run to when it is sent; by iteration, as behaviours. */
  readonly arrives: readonly number[];
}

/** A child workflow; its body sees nothing of what is around it. */
export interface ChildPlan extends NodeBase {
  readonly kind: 'child';
  readonly body: BodyPlan;
}

export type NodePlan =
  | ActionPlan
  | DelayPlan
  | ScopePlan
  | BranchingPlan
  | ForEachPlan
  | UntilPlan
  | WaitForPlan
  | ChildPlan;

/** Milliseconds for every until of a plan: far off, as its rounds may be long. */
export const untilTimeout = 30 * 86_400_000;

/** Everything that a runAfter list can name. */
export const everyStatus: readonly RunAfterStatus[] = [
  'Succeeded',
  'Failed',
  'Skipped',
  'TimedOut',
];

/** The edge is a bare handle: it hands over the output itself, not a result. */
export function isBare(edge: EdgePlan): boolean {
  return edge.accepts.length === 1 && edge.accepts[0] === 'Succeeded';
}

/** The edge is satisfied however its predecessor ends. */
export function isSettled(edge: EdgePlan): boolean {
  return everyStatus.every((status) => edge.accepts.includes(status));
}

/** The entry for an iteration, round robin; the first one outside of loops. */
export function entryFor<T>(entries: readonly T[], index: number | undefined): T {
  return entries[(index ?? 0) % entries.length] as T;
}

/** The item at a position of a loop: all loops go over such texts. */
export function itemAt(index: number): string {
  return `item ${index}`;
}

/** Everything in a plan, containers before what they hold. */
export function* everyNode(body: BodyPlan): Generator<NodePlan> {
  for (const node of body.nodes) {
    yield node;
    for (const inner of bodiesOf(node)) yield* everyNode(inner);
  }
}

/** The same plan without values from outside the bodies, which the data form cannot list. */
export function edgesOnly(plan: Plan): Plan {
  return { ...plan, body: bodyWithEdgesOnly(plan.body) };
}

function bodyWithEdgesOnly(body: BodyPlan): BodyPlan {
  return { ...body, nodes: body.nodes.map((node) => nodeWithEdgesOnly({ ...node, given: [] })) };
}

function nodeWithEdgesOnly(node: NodePlan): NodePlan {
  switch (node.kind) {
    case 'action':
    case 'delay':
    case 'waitFor':
      return node;
    case 'condition':
    case 'switch': {
      const branches = Object.entries(node.branches).map(
        ([name, body]) => [name, bodyWithEdgesOnly(body)] as const,
      );
      return { ...node, branches: Object.fromEntries(branches) };
    }
    default:
      return { ...node, body: bodyWithEdgesOnly(node.body) };
  }
}

/** Every node by its path through child workflows, without the indexes of iterations. */
export function nodesByAddress({ body }: Plan): ReadonlyMap<string, NodePlan> {
  return new Map(nodesWithin(body, ''));
}

function* nodesWithin({ nodes }: BodyPlan, prefix: string): Generator<[string, NodePlan]> {
  for (const node of nodes) {
    const address = `${prefix}${node.name}`;
    yield [address, node];
    if ('branches' in node) {
      for (const [name, body] of Object.entries(node.branches)) {
        yield* nodesWithin(body, `${address}/${name}/`);
      }
    } else for (const body of bodiesOf(node)) yield* nodesWithin(body, `${address}/`);
  }
}

/** The bodies inside a node. */
function bodiesOf(node: NodePlan): readonly BodyPlan[] {
  switch (node.kind) {
    case 'action':
    case 'delay':
    case 'waitFor':
      return [];
    case 'condition':
    case 'switch':
      return Object.values(node.branches);
    default:
      return [node.body];
  }
}
