/**
 * A plan as a workflow of the data form.
 *
 * Actions are written down in reverse, so that nothing can rest on predecessors coming first. Handlers
 * look up what the typed builder would have handed over, and whatever else is in their sight.
 * @module
 */
import { defineWorkflow, type Workflow } from '../../src/index.ts';
import type { HandlerContext, Question, Sighting, Witness } from './journal.ts';
import { payloadFor } from './oracle.ts';
import {
  type BodyPlan,
  type EdgePlan,
  isBare,
  type NodePlan,
  type Plan,
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

/** What functions of the data form get. */
interface LookUps extends HandlerContext {
  outputs(name: string): unknown;
  result(name: string): unknown;
}

/** Defines the workflow of a plan without given values, of which a witness is told. */
export function dataWorkflow(plan: Plan, witness: Witness): Workflow<undefined, unknown> {
  const { timeout, grace } = plan;
  const definition = {
    name: 'Plan',
    ...(timeout !== undefined && { timeout }),
    ...(grace !== undefined && { grace }),
    ...bodyOf(plan.body, { witness, address: '', depth: 0, inSight: [] }),
  };
  return defineWorkflow(definition as unknown as Definition) as Workflow<undefined, unknown>;
}

type Definition = Parameters<typeof defineWorkflow>[0];

/** Where a body stands. */
interface Surroundings {
  readonly witness: Witness;
  /** The path through child workflows, without the indexes of iterations. */
  readonly address: string;
  /** How many parts the path of the body has. */
  readonly depth: number;
  /** What the containers around run after, unless something further in has the same name. */
  readonly inSight: readonly OuterEdge[];
}

interface OuterEdge {
  readonly edge: EdgePlan;
  /** How many parts the path of the body has in which it stands. */
  readonly depth: number;
}

function bodyOf({ nodes, output }: BodyPlan, around: Surroundings): object {
  const names = nodes.map(({ name }) => name);
  const inSight = around.inSight.filter(({ edge }) => !names.includes(edge.from));
  const backwards = [...nodes].reverse();
  const actions = backwards.map(
    (node) => [node.name, nodeOf(node, { ...around, inSight })] as const,
  );
  const handedOver = output?.as === 'outputs' ? output.child : { settled: output?.child };
  return { actions: Object.fromEntries(actions), ...(output && { output: handedOver }) };
}

function nodeOf(node: NodePlan, around: Surroundings): object {
  const { witness, depth } = around;
  const address = joined(around.address, node.name);
  const own = node.runAfter.map((edge) => ({ edge, depth }));
  const inside = { ...around, address, depth: depth + 1, inSight: [...around.inSight, ...own] };
  const base = {
    type: node.kind,
    ...(node.runAfter.length > 0 && { runAfter: runAfterOf(node.runAfter) }),
    ...(node.criticality && { criticality: node.criticality }),
    ...('timeout' in node && node.timeout !== undefined && { timeout: node.timeout }),
  };
  const asking =
    <T>(question: Question, answer: (context: LookUps) => T) =>
    (context: LookUps): T => {
      witness.asked?.(question, address, context.index);
      return answer(context);
    };
  switch (node.kind) {
    case 'action': {
      const run = (context: LookUps) => {
        const values = node.runAfter.map((edge) => lookUp(edge, context));
        const seen = around.inSight.map((outer) => sighting(outer, context));
        return witness.perform(node, values, context, seen);
      };
      return { ...base, run, ...(node.retry && { retry: { type: 'fixed', ...node.retry } }) };
    }
    case 'delay':
      return { ...base, duration: asking('duration', () => durationOf(node)) };
    case 'waitFor': {
      const correlate = asking('correlate', ({ index }) => payloadFor(address, index));
      return { ...base, event: planned, correlate };
    }
    case 'child': {
      const body = bodyOf(node.body, { witness, address, depth: 0, inSight: [] });
      const definition = { name: 'Child', ...body } as unknown as Definition;
      const workflow = defineWorkflow(definition);
      return { ...base, workflow, input: asking('input', () => childInput) };
    }
    case 'scope':
      return { ...base, ...bodyOf(node.body, inside) };
    case 'condition': {
      const test = asking('choice', ({ index }) => chosen(node.choices, index) === 'then');
      return { ...base, test, ...branchesOf(node.branches, inside) };
    }
    case 'switch': {
      const on = asking('choice', ({ index }) => chosen(node.choices, index));
      return { ...base, on, cases: branchesOf(node.branches, inside) };
    }
    case 'forEach': {
      const { concurrency, keep } = node;
      return {
        ...base,
        ...(concurrency !== undefined && { concurrency }),
        ...(keep && { keep }),
        ...identityOf(node),
        items: asking('items', () => itemsOf(node)),
        ...bodyOf(node.body, inside),
      };
    }
    case 'until': {
      const { maxIterations, onLimit } = node;
      return {
        ...base,
        maxIterations,
        onLimit,
        timeout: untilTimeout,
        initial: asking('first state', () => firstState(node)),
        done: ({ index }: LookUps) => isDone(node, index),
        ...bodyOf(node.body, inside),
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

function lookUp(edge: EdgePlan, { outputs, result }: LookUps): unknown {
  return isBare(edge) ? outputs(edge.from) : result(edge.from);
}

function sighting({ edge, depth }: OuterEdge, context: LookUps): Sighting {
  const path = [...context.path.split('/').slice(0, depth), edge.from].join('/');
  return { path, isBare: isBare(edge), value: lookUp(edge, context) };
}

function branchesOf(
  branches: Readonly<Record<string, BodyPlan>>,
  around: Surroundings,
): Record<string, object> {
  const depth = around.depth + 1;
  return Object.fromEntries(
    Object.entries(branches).map(([name, body]) => {
      const address = joined(around.address, name);
      return [name, bodyOf(body, { ...around, address, depth })];
    }),
  );
}

function joined(address: string, name: string): string {
  return address === '' ? name : `${address}/${name}`;
}
