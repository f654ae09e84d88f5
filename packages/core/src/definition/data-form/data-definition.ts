/**
 * The data form of a workflow: the shape that people know from Logic Apps and Power Automate, with
 * functions in place of expressions.
 *
 * Actions refer to each other by name. Every function gets one argument, a context in which outputs
 * and results are looked up by name; only `select`, `key` and `id` get what they are about.
 * Read next: define-workflow.ts.
 * @module
 */
import type { Duration } from '@runafter/clock';
import type { Result } from '../../result.ts';
import type { RunAfterStatus, Status } from '../../status.ts';
import type { TerminateStatus } from '../definition.ts';
import type { EventType } from '../event-type.ts';
import type {
  ActionOptions,
  ContainerOptions,
  ForEachOptions,
  Items,
  NodeOptions,
  TerminateOptions,
  TimedOptions,
  UntilOptions,
} from '../flow.ts';
import type { Workflow, WorkflowOptions } from '../workflow.ts';

/** A word in the spellings that exported definitions have: `forEach`, `ForEach`, `Foreach`, … */
export type AnyCase<Word extends string> =
  | Word
  | Capitalize<Word>
  | Uppercase<Word>
  | Lowercase<Word>
  | Capitalize<Lowercase<Word>>;

/** What every function of a data definition can read. */
export interface LookUpContext<In> {
  /** The input that the run was started with. */
  readonly input: In;
  /** The item of the innermost forEach around it. */
  readonly item: unknown;
  /** Number of the innermost iteration or round around it, from 0. */
  readonly index: number | undefined;
  /** What the round before has handed over, in an until; in its `done`, what this round has. */
  readonly state: unknown;
  readonly runId: string;
  /**
   * The output of an action that has certainly Succeeded: one that comes before this one in the same
   * container, or before a container around it.
   *
   * @throws {LookUpError} `OUTPUT_NOT_AVAILABLE`: no such action, or not certain, or not Succeeded.
   */
  outputs<T = unknown>(name: string): T;
  /**
   * How an action ended that has certainly ended, with its output or its error.
   *
   * @throws {LookUpError} `OUTPUT_NOT_AVAILABLE`: no such action, or not certain to have ended.
   */
  result<T = unknown>(name: string): Result<T, Status>;
}

/** What the function of an action can read: the facts of its own attempt, too. */
export interface DataContext<In> extends LookUpContext<In> {
  /** Aborts when the action's time is up, or the run is cancelled, terminated or timed out. */
  readonly signal: AbortSignal;
  /** The same on every attempt of this action, and after a resume. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The action's identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
}

/** Which siblings an action waits for, and the statuses in which each may have ended. */
export type RunAfterMap = Readonly<Record<string, readonly AnyCase<RunAfterStatus>[]>>;

/** Actions by their names. */
export type DataActions<In> = Readonly<Record<string, DataNode<In>>>;

/** The inside of a container. */
export interface DataBody<In> {
  readonly actions: DataActions<In>;
  /**
   * The name of the action whose output is handed over, which must be certain to exist; or
   * `{ settled: name }` to hand over how it ended.
   */
  readonly output?: string | { readonly settled: string };
}

interface AnyNode {
  /** Waits for nothing when absent or empty. */
  readonly runAfter?: RunAfterMap;
}

/** An action. The default type. */
export interface DataAction<In> extends AnyNode, Omit<ActionOptions<unknown, unknown>, 'select'> {
  readonly type?: AnyCase<'action'>;
  readonly run: (context: DataContext<In>) => unknown;
  /** Trims the output: only what it returns is recorded and handed over. */
  select?(output: unknown): unknown;
}

export interface DataScope<In> extends AnyNode, ContainerOptions, DataBody<In> {
  readonly type: AnyCase<'scope'>;
}

export interface DataForEach<In>
  extends AnyNode,
    Omit<ForEachOptions<unknown>, 'key' | 'id'>,
    DataBody<In> {
  readonly type: AnyCase<'forEach'>;
  readonly items: (context: LookUpContext<In>) => Items<unknown>;
  /** Items with the same key run one after the other in item order, different keys side by side. */
  key?(item: unknown, index: number): string | number | bigint;
  /** An identity for the item that is the same in every run; the index otherwise. */
  id?(item: unknown, index: number): string | number | bigint;
}

export interface DataCondition<In> extends AnyNode, ContainerOptions {
  readonly type: AnyCase<'condition' | 'if'>;
  readonly test: (context: LookUpContext<In>) => boolean | Promise<boolean>;
  readonly then: DataBody<In>;
  readonly else?: DataBody<In>;
}

export interface DataSwitch<In> extends AnyNode, ContainerOptions {
  readonly type: AnyCase<'switch'>;
  /** Gives the name of the case to run. */
  readonly on: (context: LookUpContext<In>) => string | Promise<string>;
  readonly cases: Readonly<Record<string, DataBody<In>>>;
  /** What runs when no case has the name. Without it nothing runs, and the switch Succeeds. */
  readonly default?: DataBody<In>;
}

export interface DataUntil<In> extends AnyNode, UntilOptions, DataBody<In> {
  readonly type: AnyCase<'until'>;
  /** The state that the first round gets. Default undefined. */
  readonly initial?: (context: LookUpContext<In>) => unknown;
  /** Asked after each round; it can look up the actions of that round. */
  readonly done: (context: LookUpContext<In>) => boolean | Promise<boolean>;
}

export interface DataChild<In> extends AnyNode, ContainerOptions {
  readonly type: AnyCase<'child' | 'workflow'>;
  // biome-ignore lint/suspicious/noExplicitAny: its input cannot be checked against an untyped look-up.
  readonly workflow: Workflow<any, unknown>;
  readonly input: (context: LookUpContext<In>) => unknown;
}

export interface DataDelay<In> extends AnyNode, NodeOptions {
  readonly type: AnyCase<'delay' | 'wait'>;
  readonly duration: Duration | ((context: LookUpContext<In>) => Duration);
}

export interface DataWaitFor<In> extends AnyNode, TimedOptions {
  readonly type: AnyCase<'waitFor'>;
  readonly event: EventType<unknown>;
  /**
   * Which of several waits for the same event is meant: a signal must carry the same text. A durable run
   * keeps that text as it is, also where what it is made of is secure: give a reference, not a secret.
   */
  readonly correlate?: (context: LookUpContext<In>) => string;
}

export interface DataTerminate extends AnyNode, TerminateOptions {
  readonly type: AnyCase<'terminate'>;
  readonly status: AnyCase<TerminateStatus>;
}

/** Everything that a data definition can have among its actions. */
export type DataNode<In> =
  | DataAction<In>
  | DataScope<In>
  | DataForEach<In>
  | DataCondition<In>
  | DataSwitch<In>
  | DataUntil<In>
  | DataChild<In>
  | DataDelay<In>
  | DataWaitFor<In>
  | DataTerminate;

/** A whole workflow as data. */
export interface DataDefinition<In> extends WorkflowOptions, DataBody<In> {
  readonly name: string;
}
