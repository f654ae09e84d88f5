/**
 * A plan as a workflow of the typed builder.
 *
 * The types cannot follow a random graph, so the builder is used here as from JavaScript.
 * @module
 */
import { failed, on, settled, type Workflow, workflow } from '../../src/index.ts';
import type { HandlerContext, Question, Witness } from './journal.ts';
import { payloadFor } from './oracle.ts';
import {
  type BodyPlan,
  type EdgePlan,
  isBare,
  isSettled,
  type NodePlan,
  type Plan,
  type ScopePlan,
  untilTimeout,
} from './plan.ts';
import { planned } from './planned-signals.ts';
import {
  childInput,
  chosen,
  durationOf,
  firstState,
  identityOf,
  isDone,
  itemsOf,
} from './planned-values.ts';

type Values = readonly unknown[];
type AnyHandle = Parameters<typeof settled>[0];
type Body = (flow: AnyFlow, inputs: readonly AnyHandle[]) => unknown;

/** The builder as JavaScript sees it. */
interface AnyFlow {
  readonly item: AnyHandle;
  readonly index: AnyHandle;
  action(name: string, runAfter: Values, run: Handler, options: object): AnyHandle;
  delay(name: string, runAfter: Values, duration: unknown, options: object): AnyHandle;
  scope(name: string, runAfter: Values, body: Body, options: object): AnyHandle;
  condition(name: string, after: Values, test: Handler, to: Branches, options: object): AnyHandle;
  switch(name: string, after: Values, on: Handler, to: Branches, options: object): AnyHandle;
  forEach(name: string, after: Values, items: Handler, body: Body, options: object): AnyHandle;
  waitFor(name: string, runAfter: Values, event: unknown, options: object): AnyHandle;
  child(name: string, after: Values, run: unknown, input: Handler, options: object): AnyHandle;
  until(
    name: string,
    runAfter: Values,
    initial: Handler,
    body: Body,
    done: (state: unknown, context: HandlerContext) => boolean,
    options: object,
  ): AnyHandle;
}

type Handler = (values: Values, context: HandlerContext) => unknown;
type Branches = Readonly<Record<string, Body>>;

export interface TypedOptions {
  /** The workflow's name. Default `Plan`. */
  readonly name?: string;
  /** Writes a scope as something else that behaves like it, such as a saga; undefined: as a scope. */
  readonly writeScope?: ScopeWriter;
}

/** Writes a scope into a flow, and gives its handle. */
export type ScopeWriter = (
  plan: ScopePlan,
  runAfter: readonly unknown[],
  flow: object,
  options: object,
) => unknown;

/** Defines the workflow of a plan, of which a witness is told. */
export function typedWorkflow(
  plan: Plan,
  witness: Witness,
  { name = 'Plan', writeScope }: TypedOptions = {},
): Workflow<undefined, unknown> {
  const { timeout, grace } = plan;
  const root = { witness, writeScope, address: '' };
  const body = bodyOf(plan.body, root) as unknown as Parameters<typeof workflow>[1];
  const made = workflow(name, body, {
    ...(timeout !== undefined && { timeout }),
    ...(grace !== undefined && { grace }),
  });
  return made as Workflow<undefined, unknown>;
}

/** Where a body stands. */
interface Surroundings {
  readonly witness: Witness;
  readonly writeScope: ScopeWriter | undefined;
  /** The path, without the indexes of iterations. */
  readonly address: string;
}

function bodyOf({ nodes, output }: BodyPlan, around: Surroundings): Body {
  return (flow, inputs) => {
    const handles = new Map<string, AnyHandle>();
    for (const node of nodes) {
      const runAfter = [
        ...node.runAfter.map((edge) => dependency(edge, handles.get(edge.from) as AnyHandle)),
        ...node.given.map((given) => (typeof given === 'number' ? inputs[given] : flow[given])),
      ];
      handles.set(node.name, build(node, runAfter, flow, around));
    }
    if (output === undefined) return undefined;
    const handle = handles.get(output.child) as AnyHandle;
    return output.as === 'outputs' ? handle : settled(handle);
  };
}

function dependency(edge: EdgePlan, handle: AnyHandle): unknown {
  if (isBare(edge)) return handle;
  if (isSettled(edge)) return settled(handle);
  if (edge.accepts.join() === 'Failed,TimedOut') return failed(handle);
  return on(handle, ...(edge.accepts as Parameters<typeof on>[1][] as [never]));
}

function build(node: NodePlan, runAfter: Values, flow: AnyFlow, around: Surroundings): AnyHandle {
  const { name } = node;
  const { witness, writeScope } = around;
  const inside = { ...around, address: joined(around.address, name) };
  const options = {
    ...(node.criticality && { criticality: node.criticality }),
    ...('timeout' in node && node.timeout !== undefined && { timeout: node.timeout }),
  };
  const asking =
    <T>(question: Question, answer: (context: HandlerContext) => T) =>
    (_: unknown, context: HandlerContext): T => {
      witness.asked?.(question, inside.address, context.index);
      return answer(context);
    };
  switch (node.kind) {
    case 'action': {
      const retry = node.retry && { retry: { type: 'fixed', ...node.retry } };
      const run: Handler = (values, context) => witness.perform(node, values, context);
      return flow.action(name, runAfter, run, { ...options, ...retry });
    }
    case 'delay': {
      const duration = asking('duration', () => durationOf(node));
      return flow.delay(name, runAfter, duration, options);
    }
    case 'waitFor': {
      const correlate = asking('correlate', ({ index }) => payloadFor(inside.address, index));
      return flow.waitFor(name, runAfter, planned, { ...options, correlate });
    }
    case 'child': {
      const child = workflow('Child', bodyOf(node.body, inside) as never);
      return flow.child(
        name,
        runAfter,
        child,
        asking('input', () => childInput),
        options,
      );
    }
    case 'scope': {
      const written = writeScope?.(node, runAfter, flow, options) as AnyHandle | undefined;
      return written ?? flow.scope(name, runAfter, bodyOf(node.body, inside), options);
    }
    case 'condition': {
      const test = asking('choice', ({ index }) => chosen(node.choices, index) === 'then');
      return flow.condition(name, runAfter, test, branchesOf(node.branches, inside), options);
    }
    case 'switch': {
      const choose = asking('choice', ({ index }) => chosen(node.choices, index));
      return flow.switch(name, runAfter, choose, branchesOf(node.branches, inside), options);
    }
    case 'forEach': {
      const { concurrency, keep } = node;
      const items = asking('items', () => itemsOf(node));
      return flow.forEach(name, runAfter, items, bodyOf(node.body, inside), {
        ...options,
        ...identityOf(node),
        ...(concurrency !== undefined && { concurrency }),
        ...(keep && { keep }),
      });
    }
    case 'until': {
      const initial = asking('first state', () => firstState(node));
      const done = (_: unknown, { index }: HandlerContext) => isDone(node, index);
      const { maxIterations, onLimit } = node;
      const limits = { maxIterations, onLimit, timeout: untilTimeout };
      const body = bodyOf(node.body, inside);
      return flow.until(name, runAfter, initial, body, done, { ...options, ...limits });
    }
  }
}

function branchesOf(branches: Readonly<Record<string, BodyPlan>>, around: Surroundings): Branches {
  const { address } = around;
  return Object.fromEntries(
    Object.entries(branches).map(([name, body]) => [
      name,
      bodyOf(body, { ...around, address: joined(address, name) }),
    ]),
  );
}

function joined(address: string, name: string): string {
  return address === '' ? name : `${address}/${name}`;
}
