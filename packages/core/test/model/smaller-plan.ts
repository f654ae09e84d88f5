/**
 * Makes a plan that fails as small as it can, so that the report shows the defect and nothing else.
 * @module
 */
import { type BodyPlan, edgesOnly, type NodePlan, type Plan } from './plan.ts';

/**
 * Takes things away from a plan for as long as it still fails.
 *
 * @param fails - whether a plan shows the failure; called often.
 */
export async function smallest(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  for (const smaller of smallerPlans(plan)) {
    if (await fails(smaller)) return smallest(smaller, fails);
  }
  return plan;
}

function* smallerPlans(plan: Plan): Generator<Plan> {
  const bare = edgesOnly(plan);
  for (const body of smallerBodies(bare.body)) yield { ...bare, body };
  if (hasGiven(plan)) yield bare;
  for (const body of smallerBodies(plan.body)) yield { ...plan, body };
  yield* without(plan, ['timeout', 'cancelAt', 'grace']);
}

function hasGiven(plan: Plan): boolean {
  return JSON.stringify(plan) !== JSON.stringify(edgesOnly(plan));
}

function* smallerBodies(body: BodyPlan): Generator<BodyPlan> {
  const { nodes } = body;
  for (const node of nodes) yield withoutNode(body, node.name);
  yield* without(body, ['output']);
  for (const [position, node] of nodes.entries()) {
    for (const smaller of smallerNodes(node))
      yield { ...body, nodes: nodes.with(position, smaller) };
  }
}

function withoutNode({ nodes, output }: BodyPlan, name: string): BodyPlan {
  return {
    nodes: nodes
      .filter((node) => node.name !== name)
      .map((node) => ({ ...node, runAfter: node.runAfter.filter(({ from }) => from !== name) })),
    ...(output !== undefined && output.child !== name && { output }),
  };
}

function* smallerNodes(node: NodePlan): Generator<NodePlan> {
  for (const edge of node.runAfter) {
    yield { ...node, runAfter: node.runAfter.filter((other) => other !== edge) };
  }
  yield* without(node, [
    'criticality',
    'timeout',
    'retry',
    'concurrency',
    'throwsIn',
    'keep',
    'keys',
  ] as never[]);
  switch (node.kind) {
    case 'action':
      yield* fewer(node.behaviours, (behaviours) => ({ ...node, behaviours }));
      for (const [position, behaviour] of node.behaviours.entries()) {
        const simple = { ...behaviour, takes: 0, throwsFirst: 0 };
        if (behaviour.takes === 0 && behaviour.throwsFirst === 0) continue;
        yield { ...node, behaviours: node.behaviours.with(position, simple) };
      }
      return;
    case 'delay':
      return;
    case 'waitFor':
      yield* fewer(node.arrives, (arrives) => ({ ...node, arrives }));
      return;
    case 'condition':
    case 'switch':
      yield* fewer(node.choices, (choices) => ({ ...node, choices }));
      for (const [name, inside] of Object.entries(node.branches)) {
        for (const body of smallerBodies(inside)) {
          yield { ...node, branches: { ...node.branches, [name]: body } };
        }
      }
      return;
    case 'forEach':
      if (node.items !== 'throws' && node.items > 0) yield { ...node, items: node.items - 1 };
      if (node.source !== 'array') yield { ...node, source: 'array' };
      break;
    case 'until':
      if (node.doneAfter > 0) yield { ...node, doneAfter: node.doneAfter - 1 };
      for (const body of smallerBodies(node.body)) {
        if (body.output !== undefined) yield { ...node, body };
      }
      return;
  }
  for (const body of smallerBodies(node.body)) yield { ...node, body };
}

function* fewer<T, N>(entries: readonly T[], make: (entries: readonly T[]) => N): Generator<N> {
  if (entries.length < 2) return;
  for (const position of entries.keys()) yield make(entries.toSpliced(position, 1));
}

/** The same object with one of these properties left out, where it has it. */
function* without<T extends object>(from: T, names: readonly (keyof T)[]): Generator<T> {
  for (const name of names) {
    if (from[name] === undefined) continue;
    const { [name]: _, ...rest } = from;
    yield rest as T;
  }
}
