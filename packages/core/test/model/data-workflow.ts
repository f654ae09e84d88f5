/**
 * A plan as a workflow of the data form.
 *
 * Actions are written down in reverse, so that nothing can rest on predecessors coming first; and
 * handlers look up what the typed builder would have handed over.
 * @module
 */
import { defineWorkflow, type Workflow } from '../../src/index.ts';
import type { HandlerContext, Journal } from './journal.ts';
import { initialState } from './oracle.ts';
import {
  type BodyPlan,
  type EdgePlan,
  isBare,
  type NodePlan,
  type Plan,
  untilTimeout,
} from './plan.ts';
import { chosen, itemsOf } from './planned-values.ts';

/** What functions of the data form get. */
interface LookUps extends HandlerContext {
  outputs(name: string): unknown;
  result(name: string): unknown;
}

/** Defines the workflow of a plan without given values; its handlers write into the journal. */
export function dataWorkflow(plan: Plan, journal: Journal): Workflow<undefined, unknown> {
  const { timeout, grace } = plan;
  const definition = {
    name: 'Plan',
    ...(timeout !== undefined && { timeout }),
    ...(grace !== undefined && { grace }),
    ...bodyOf(plan.body, journal),
  };
  return defineWorkflow(definition as unknown as Parameters<typeof defineWorkflow>[0]) as Workflow<
    undefined,
    unknown
  >;
}

function bodyOf({ nodes, output }: BodyPlan, journal: Journal): object {
  const backwards = [...nodes].reverse();
  const actions = backwards.map((node) => [node.name, nodeOf(node, journal)] as const);
  const handedOver = output?.as === 'outputs' ? output.child : { settled: output?.child };
  return { actions: Object.fromEntries(actions), ...(output && { output: handedOver }) };
}

function nodeOf(node: NodePlan, journal: Journal): object {
  const base = {
    type: node.kind,
    ...(node.runAfter.length > 0 && { runAfter: runAfterOf(node.runAfter) }),
    ...(node.criticality && { criticality: node.criticality }),
    ...('timeout' in node && node.timeout !== undefined && { timeout: node.timeout }),
  };
  switch (node.kind) {
    case 'action': {
      const run = (context: LookUps) =>
        journal.perform(node, lookedUp(node.runAfter, context), context);
      return { ...base, run, ...(node.retry && { retry: { type: 'fixed', ...node.retry } }) };
    }
    case 'delay':
      return { ...base, duration: node.duration };
    case 'scope':
      return { ...base, ...bodyOf(node.body, journal) };
    case 'condition': {
      const test = ({ index }: LookUps) => chosen(node.choices, index) === 'then';
      return { ...base, test, ...branchesOf(node.branches, journal) };
    }
    case 'switch': {
      const on = ({ index }: LookUps) => chosen(node.choices, index);
      return { ...base, on, cases: branchesOf(node.branches, journal) };
    }
    case 'forEach': {
      const { concurrency } = node;
      const window = concurrency === undefined ? {} : { concurrency };
      return { ...base, ...window, items: () => itemsOf(node), ...bodyOf(node.body, journal) };
    }
    case 'until': {
      const { maxIterations, onLimit, doneAfter } = node;
      return {
        ...base,
        maxIterations,
        onLimit,
        timeout: untilTimeout,
        initial: () => initialState,
        done: ({ index }: LookUps) => Number(index) >= doneAfter,
        ...bodyOf(node.body, journal),
      };
    }
  }
}

/** Names of statuses are written in upper case, as in many exported definitions. */
function runAfterOf(edges: readonly EdgePlan[]): Record<string, string[]> {
  return Object.fromEntries(
    edges.map(({ from, accepts }) => [from, accepts.map((status) => status.toUpperCase())]),
  );
}

function lookedUp(edges: readonly EdgePlan[], context: LookUps): unknown[] {
  return edges.map((edge) =>
    isBare(edge) ? context.outputs(edge.from) : context.result(edge.from),
  );
}

function branchesOf(
  branches: Readonly<Record<string, BodyPlan>>,
  journal: Journal,
): Record<string, object> {
  return Object.fromEntries(
    Object.entries(branches).map(([name, body]) => [name, bodyOf(body, journal)]),
  );
}
