/**
 * A plan as a workflow of the typed builder.
 *
 * The types cannot follow a random graph, so the builder is used here as from JavaScript.
 * @module
 */
import { failed, on, settled, type Workflow, workflow } from '../../src/index.ts';
import type { HandlerContext, Journal } from './journal.ts';
import {
  type BodyPlan,
  type EdgePlan,
  isBare,
  isSettled,
  type NodePlan,
  type Plan,
  untilTimeout,
} from './plan.ts';
import { chosen, durationOf, firstState, isDone, itemsOf } from './planned-values.ts';

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
  until(
    name: string,
    runAfter: Values,
    initial: () => unknown,
    body: Body,
    done: (state: unknown, context: HandlerContext) => boolean,
    options: object,
  ): AnyHandle;
}

type Handler = (values: Values, context: HandlerContext) => unknown;
type Branches = Readonly<Record<string, Body>>;

/** Defines the workflow of a plan; its handlers write into the journal. */
export function typedWorkflow(plan: Plan, journal: Journal): Workflow<undefined, unknown> {
  const { timeout, grace } = plan;
  const body = bodyOf(plan.body, journal) as unknown as Parameters<typeof workflow>[1];
  const made = workflow('Plan', body, {
    ...(timeout !== undefined && { timeout }),
    ...(grace !== undefined && { grace }),
  });
  return made as Workflow<undefined, unknown>;
}

function bodyOf({ nodes, output }: BodyPlan, journal: Journal): Body {
  return (flow, inputs) => {
    const handles = new Map<string, AnyHandle>();
    for (const node of nodes) {
      const runAfter = [
        ...node.runAfter.map((edge) => dependency(edge, handles.get(edge.from) as AnyHandle)),
        ...node.given.map((given) => (typeof given === 'number' ? inputs[given] : flow[given])),
      ];
      handles.set(node.name, build(node, runAfter, flow, journal));
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

function build(node: NodePlan, runAfter: Values, flow: AnyFlow, journal: Journal): AnyHandle {
  const { name } = node;
  const options = {
    ...(node.criticality && { criticality: node.criticality }),
    ...('timeout' in node && node.timeout !== undefined && { timeout: node.timeout }),
  };
  switch (node.kind) {
    case 'action': {
      const retry = node.retry && { retry: { type: 'fixed', ...node.retry } };
      const run: Handler = (values, context) => journal.perform(node, values, context);
      return flow.action(name, runAfter, run, { ...options, ...retry });
    }
    case 'delay':
      return flow.delay(name, runAfter, durationOf(node), options);
    case 'scope':
      return flow.scope(name, runAfter, bodyOf(node.body, journal), options);
    case 'condition': {
      const test: Handler = (_, { index }) => chosen(node.choices, index) === 'then';
      return flow.condition(name, runAfter, test, branchesOf(node.branches, journal), options);
    }
    case 'switch': {
      const choose: Handler = (_, { index }) => chosen(node.choices, index);
      return flow.switch(name, runAfter, choose, branchesOf(node.branches, journal), options);
    }
    case 'forEach': {
      const { concurrency, keep } = node;
      return flow.forEach(name, runAfter, () => itemsOf(node), bodyOf(node.body, journal), {
        ...options,
        ...(concurrency !== undefined && { concurrency }),
        ...(keep && { keep }),
      });
    }
    case 'until': {
      const initial = () => firstState(node);
      const done = (_: unknown, { index }: HandlerContext) => isDone(node, index);
      const { maxIterations, onLimit } = node;
      const limits = { maxIterations, onLimit, timeout: untilTimeout };
      const body = bodyOf(node.body, journal);
      return flow.until(name, runAfter, initial, body, done, { ...options, ...limits });
    }
  }
}

function branchesOf(branches: Readonly<Record<string, BodyPlan>>, journal: Journal): Branches {
  return Object.fromEntries(
    Object.entries(branches).map(([name, body]) => [name, bodyOf(body, journal)]),
  );
}
