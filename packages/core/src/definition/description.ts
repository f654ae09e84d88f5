/**
 * The shape of a definition as JSON, which `describe()` gives.
 *
 * Functions appear by their names only, limiters by numbers, durations in milliseconds and as text,
 * objects that are not plain data by the name of their class.
 * @module
 */
import type { Status } from '../status.ts';
import type { Criticality, Keep, TerminateStatus } from './definition.ts';

/** How long, for programs and for people. */
export interface DurationDescription {
  readonly ms: number;
  /** Such as `1h 30m`. */
  readonly text: string;
}

/** A whole number, or no bound. */
export type CountDescription = number | 'unbounded';

/** As many as an adaptive limiter says. */
export interface AdaptiveDescription {
  /** Its number among the limiters. */
  readonly limiter: number;
  /** Never more than so many. */
  readonly max: CountDescription;
}

/** The name of a function; `anonymous` for one without. */
export type FunctionDescription = string;

/** Where a value that is handed over comes from. */
export type InputDescription =
  | { readonly from: 'outputs' | 'result'; readonly of: string }
  /** The entry at this position of the runAfter list of the container around it. */
  | { readonly from: 'inputs'; readonly position: number }
  | { readonly from: 'item' | 'index' | 'state' };

export interface RunAfterDescription {
  readonly name: string;
  readonly statuses: readonly Status[];
}

export interface RetryDescription {
  readonly type: 'fixed' | 'exponential';
  readonly count: CountDescription;
  readonly interval: DurationDescription;
  readonly minimum?: DurationDescription;
  readonly maximum?: DurationDescription;
  readonly jitter?: number;
  readonly totalTime?: DurationDescription;
  readonly when?: FunctionDescription;
}

/** What every node has. */
export interface NodeFacts {
  readonly name: string;
  /** Names down to it, such as `Orders/Mail`. */
  readonly path: string;
  readonly runAfter: readonly RunAfterDescription[];
  /** What its runAfter list hands over, in that order. */
  readonly inputs: readonly InputDescription[];
  readonly criticality: Criticality;
  readonly secure: { readonly inputs: boolean; readonly outputs: boolean };
  readonly timeout?: DurationDescription;
}

export interface ActionDescription extends NodeFacts {
  readonly kind: 'action';
  readonly run: FunctionDescription;
  readonly retry?: RetryDescription;
  readonly select?: FunctionDescription;
  readonly payloadLimit?: number;
  /** Every limiter of the workflow has a number; its own and those of the containers around it. */
  readonly limiters?: readonly number[];
}

export interface ScopeDescription extends NodeFacts {
  readonly kind: 'scope';
  readonly body: BodyDescription;
}

export interface ForEachDescription extends NodeFacts {
  readonly kind: 'forEach';
  readonly items: FunctionDescription;
  readonly concurrency: CountDescription | AdaptiveDescription;
  readonly keep: Keep;
  readonly key?: FunctionDescription;
  readonly id?: FunctionDescription;
  /** Only of a loop with a key. */
  readonly lookAhead?: CountDescription;
  readonly body: BodyDescription;
}

export interface BranchDescription {
  readonly name: string;
  readonly path: string;
  readonly body: BodyDescription;
}

export interface ConditionDescription extends NodeFacts {
  readonly kind: 'condition';
  readonly test: FunctionDescription;
  readonly branches: readonly BranchDescription[];
}

export interface SwitchDescription extends NodeFacts {
  readonly kind: 'switch';
  readonly choose: FunctionDescription;
  readonly branches: readonly BranchDescription[];
  /** What happens when no case has the name that was chosen. */
  readonly otherwise: 'default' | 'nothing' | 'fail';
}

export interface UntilDescription extends NodeFacts {
  readonly kind: 'until';
  readonly initial: FunctionDescription;
  readonly done: FunctionDescription;
  readonly maxIterations: CountDescription;
  readonly onLimit: 'fail' | 'succeed';
  readonly body: BodyDescription;
}

export interface ChildDescription extends NodeFacts {
  readonly kind: 'child';
  /** The name of the workflow that runs; describe() that one for its inside. */
  readonly workflow: string;
  readonly version?: string;
  readonly input: FunctionDescription;
  readonly limiters?: readonly number[];
}

export interface DelayDescription extends NodeFacts {
  readonly kind: 'delay';
  readonly duration: DurationDescription | FunctionDescription;
}

export interface WaitForDescription extends NodeFacts {
  readonly kind: 'waitFor';
  readonly event: string;
  readonly correlate?: FunctionDescription;
}

export interface TerminateDescription extends NodeFacts {
  readonly kind: 'terminate';
  readonly status: TerminateStatus;
  readonly code: string;
  readonly message: string;
}

/** A container whose kind is defined outside this package. */
export interface ContainerDescription extends NodeFacts {
  readonly kind: 'container';
  /** The name of its kind, such as `saga`. */
  readonly container: string;
  /** The options of the kind: numbers, booleans, texts, and names of functions. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly body: BodyDescription;
}

export type NodeDescription =
  | ActionDescription
  | ScopeDescription
  | ForEachDescription
  | ConditionDescription
  | SwitchDescription
  | UntilDescription
  | ChildDescription
  | DelayDescription
  | WaitForDescription
  | TerminateDescription
  | ContainerDescription;

export interface BodyDescription {
  /** In an order in which each comes after what it runs after. */
  readonly actions: readonly NodeDescription[];
  /** What the body hands over, if anything. */
  readonly output?: InputDescription;
}

export interface WorkflowDescription {
  readonly name: string;
  readonly version?: string;
  readonly timeout?: DurationDescription;
  readonly maxConcurrentActions?: number;
  readonly grace: DurationDescription;
  /** The events that it, or a child workflow of it, waits for; sorted. */
  readonly events: readonly string[];
  readonly body: BodyDescription;
}
