/**
 * The one validated definition that both ways of writing a workflow end in: plain, frozen data plus
 * the user's functions. The engine reads nothing else.
 *
 * Everything that a run would otherwise have to work out is here once: edges as indexes, how many
 * predecessors each action waits for, which actions are leaves, what each one is handed.
 * Read next: compile.ts makes it, engine/frame.ts runs it.
 * @module
 */
import type { Limiter, RetryPolicy } from '@runafter/clock';
import type { ContainerKind } from '../container-kind.ts';
import type { StatusBits } from '../status.ts';
import type { Concurrency } from './concurrency.ts';

/**
 * What the failure of a branch means for the container it is a leaf of: `critical` fails it (the
 * default), `important` flags it for review, `optional` is only recorded.
 */
export type Criticality = 'critical' | 'important' | 'optional';

/** An edge: this action waits for that sibling to end in one of the statuses in `accepts`. */
export interface Edge {
  /** Index of the predecessor in the same body. */
  readonly from: number;
  readonly accepts: StatusBits;
}

/** The same edge, seen from the predecessor. */
export interface Successor {
  readonly to: number;
  readonly accepts: StatusBits;
}

/** Where a value that is handed over comes from. */
export type Source =
  /** The output of a sibling (a bare handle), or its result (`on`, `failed`, `settled`). */
  | { readonly from: 'sibling'; readonly index: number; readonly as: 'outputs' | 'result' }
  /** A value that the runAfter list of the enclosing container handed to its body. */
  | { readonly from: 'inputs'; readonly position: number }
  /** The item, or its index, of the loop whose body this is. */
  | { readonly from: 'item' }
  | { readonly from: 'index' }
  /** What the previous round of the until whose body this is has returned. */
  | { readonly from: 'state' };

/** A container's inside: a DAG of nodes, in topological order. */
export interface Body {
  readonly nodes: readonly Node[];
  /** Index of each node by its name. */
  readonly names: ReadonlyMap<string, number>;
  /** Indexes of the nodes that wait for no sibling. */
  readonly roots: readonly number[];
  /** Indexes of the nodes that nothing runs after. */
  readonly leaves: readonly number[];
  /** What the body hands back, if anything. */
  readonly output: Source | undefined;
  /** The output holds a secure value: records show a marker in its place. */
  readonly outputIsSecure: boolean;
}

/** The functions of a definition get the values that were handed over, and a context. */
export type Handler = (values: readonly unknown[], context: object) => unknown;

/** What every kind of node has. */
export interface NodeBase {
  readonly name: string;
  /** Where it stands in the definition, without indexes: `Orders/Mail`. */
  readonly address: string;
  /** Inside a forEach or until: it can run many times in a run. */
  readonly repeats: boolean;
  /** Position in its body's `nodes`. */
  readonly index: number;
  /** How many siblings it waits for. */
  readonly waitsFor: number;
  readonly runAfter: readonly Edge[];
  readonly successors: readonly Successor[];
  /** What the runAfter list hands over, in its order. */
  readonly inputs: readonly Source[];
  readonly criticality: Criticality;
  /** Records show a marker in place of inputs, outputs and error messages. */
  readonly secureInputs: boolean;
  readonly secureOutputs: boolean;
  /** Milliseconds; undefined for no bound. */
  readonly timeout: number | undefined;
  /** What a container kind keeps about this child (a saga: its compensation). */
  readonly metadata: unknown;
}

export interface ActionNode extends NodeBase {
  readonly kind: 'action';
  readonly run: Handler;
  readonly retry: RetryPolicy | undefined;
  /** Trims the output before anyone gets it. */
  readonly select: ((output: unknown) => unknown) | undefined;
  /** Bytes of the output as JSON. */
  readonly payloadLimit: number | undefined;
  /** Its own limiter and those of the containers around it, without duplicates. */
  readonly limiters: readonly Limiter[];
  /**
   * True when nothing stands between "ready" and "call the handler": no time-out, retry, limiter,
   * select or payload limit.
   */
  readonly plain: boolean;
}

export interface ScopeNode extends NodeBase {
  readonly kind: 'scope';
  readonly body: Body;
}

export type Keep = 'all' | 'failures' | 'summary';

export interface ForEachNode extends NodeBase {
  readonly kind: 'forEach';
  readonly items: Handler;
  readonly body: Body;
  readonly concurrency: Concurrency;
  readonly key: ((item: unknown, index: number) => unknown) | undefined;
  readonly id: ((item: unknown, index: number) => unknown) | undefined;
  readonly keep: Keep;
  /** How many items a keyed loop may hold back because their key is busy. */
  readonly lookAhead: number;
  /** Items come from a secure value. */
  readonly secureItems: boolean;
}

/**
 * A branch of a condition or switch: a container with an entry of its own in `result()`. Its `index`
 * is its place among the branches, and its `inputs` are the positions of what the condition was
 * handed. It waits for nothing but the choice.
 */
export interface BranchNode extends NodeBase {
  readonly kind: 'branch';
  readonly body: Body;
}

/** A condition (branches `then` and `else`) or a switch (one branch a case). */
export interface BranchingNode extends NodeBase {
  readonly kind: 'condition' | 'switch';
  /** Gives the name of the branch to take. */
  readonly choose: Handler;
  readonly branches: readonly BranchNode[];
  /** What to do when `choose` names no branch: take this one, do nothing, or fail. */
  readonly otherwise: { readonly branch: number } | 'nothing' | 'fail';
}

export interface UntilNode extends NodeBase {
  readonly kind: 'until';
  readonly initial: Handler;
  readonly body: Body;
  readonly done: (state: unknown, context: object) => unknown;
  readonly maxIterations: number;
  readonly onLimit: 'fail' | 'succeed';
}

export interface ChildNode extends NodeBase {
  readonly kind: 'child';
  readonly workflow: WorkflowDefinition;
  readonly input: Handler;
  /** The limiters around it, which hold for the child's actions too. */
  readonly limiters: readonly Limiter[];
}

export interface DelayNode extends NodeBase {
  readonly kind: 'delay';
  /** Gives a duration. */
  readonly duration: Handler;
  /** Milliseconds, where the definition says how long; undefined where a function does. */
  readonly fixedDuration: number | undefined;
}

export interface WaitForNode extends NodeBase {
  readonly kind: 'waitFor';
  readonly event: string;
  readonly correlate: Handler | undefined;
}

export type TerminateStatus = 'Succeeded' | 'Failed' | 'Cancelled';

export interface TerminateNode extends NodeBase {
  readonly kind: 'terminate';
  readonly status: TerminateStatus;
  readonly code: string;
  readonly message: string;
}

/** A container whose kind is defined outside this package. */
export interface ContainerNode extends NodeBase {
  readonly kind: 'container';
  readonly container: ContainerKind<unknown, unknown>;
  readonly options: unknown;
  readonly body: Body;
}

export type Node =
  | ActionNode
  | ScopeNode
  | ForEachNode
  | BranchingNode
  | BranchNode
  | UntilNode
  | ChildNode
  | DelayNode
  | WaitForNode
  | TerminateNode
  | ContainerNode;

export interface WorkflowDefinition {
  readonly name: string;
  readonly version: string | undefined;
  readonly body: Body;
  /** Milliseconds; undefined for no bound. */
  readonly timeout: number | undefined;
  readonly maxConcurrentActions: number | undefined;
  /** Milliseconds that handlers get to settle after they were told to stop. */
  readonly grace: number;
  /** Names of the events that its waitFor actions listen to, its children's included. */
  readonly events: ReadonlySet<string>;
}
