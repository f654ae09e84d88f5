/**
 * Random plans with sagas in them: in the run itself, in scopes and branches, in the iterations of loops, and in
 * child workflows.
 *
 * Invariant: how a saga ends does not depend on time. A step that fails runs after or before every other one, so
 * what has happened by then, and what is undone, follows from the plan: to the oracle it is a scope.
 * Read next: planned-run.ts, the workflow of such a plan.
 * @module
 */
import { chance, type Draw, pick, times } from '../../../packages/core/test/model/draw.ts';
import type {
  ActionPlan,
  Behaviour,
  BodyPlan,
  EdgePlan,
  NodePlan,
  Plan,
  ScopePlan,
} from '../../../packages/core/test/model/plan.ts';
import { everyStatus } from '../../../packages/core/test/model/plan.ts';

/** A step, with what its compensation does. */
export interface StepPlan extends ActionPlan {
  /** How many calls of the compensation fail before one does not: at most as many as it is tried again. */
  readonly undoFailsFirst: number;
}

/** A scope whose actions are steps. */
export interface SagaPlan extends ScopePlan {
  readonly body: { readonly nodes: readonly StepPlan[] };
}

/** No other node has this name. */
export const sagaName = 'Saga';

/** How often a compensation is tried again. */
export const undoRetries = 2;

/** How many bodies of ten get a saga. */
const share = 4;
/** Every saga has at least this step. */
export const firstStepName = 'Reserve';
const stepNames = [firstStepName, 'Charge', 'Pack', 'Ship', 'Invoice'];

export function isSaga(plan: NodePlan): plan is SagaPlan {
  return plan.kind === 'scope' && plan.name === sagaName;
}

/** The same plan with a saga in its own body, and in some of those inside it. */
export function withSagas(plan: Plan, draw: Draw): Plan {
  const body = withSagasInside(plan.body, draw);
  return { ...plan, body: withSaga(body, draw) };
}

function withSagasInside(body: BodyPlan, draw: Draw): BodyPlan {
  return { ...body, nodes: body.nodes.map((node) => inside(node, draw)) };
}

function inside(node: NodePlan, draw: Draw): NodePlan {
  const within = (body: BodyPlan) => {
    const written = withSagasInside(body, draw);
    return chance(draw, 10 * share) ? withSaga(written, draw) : written;
  };
  switch (node.kind) {
    case 'action':
    case 'delay':
    case 'waitFor':
      return node;
    case 'condition':
    case 'switch': {
      const branches = Object.entries(node.branches).map(([name, body]) => [name, within(body)]);
      return { ...node, branches: Object.fromEntries(branches) };
    }
    default:
      return { ...node, body: within(node.body) };
  }
}

/** What the body hands back has to stay a leaf, so the saga does not run after that. */
function withSaga(body: BodyPlan, draw: Draw): BodyPlan {
  const runAfter = body.nodes
    .filter(({ name }) => name !== body.output?.child && chance(draw, 30))
    .map(({ name }): EdgePlan => {
      const accepts = chance(draw, 30) ? (['Succeeded'] as const) : everyStatus;
      return { from: name, accepts };
    });
  return { ...body, nodes: [...body.nodes, drawSaga(draw, runAfter)] };
}

function drawSaga(draw: Draw, runAfter: readonly EdgePlan[]): SagaPlan {
  const nodes: StepPlan[] = [];
  const count = draw(1, stepNames.length);
  const doubtful = chance(draw, 70) ? draw(0, count - 1) : undefined;
  for (const [position, name] of stepNames.slice(0, count).entries()) {
    const edges = edgesOf(draw, nodes, position, doubtful);
    nodes.push(drawStep(draw, name, edges, position === doubtful));
  }
  // Whatever becomes of it, the run goes on: half of them may fail.
  const criticality = chance(draw, 50) ? { criticality: 'important' as const } : {};
  return { kind: 'scope', name: sagaName, runAfter, given: [], ...criticality, body: { nodes } };
}

/** The doubtful step runs after all that stand before it, and before all that stand after it. */
function edgesOf(
  draw: Draw,
  earlier: readonly StepPlan[],
  position: number,
  doubtful: number | undefined,
): EdgePlan[] {
  const isAlways = (before: number) => position === doubtful || before === doubtful;
  return earlier
    .filter((_, before) => isAlways(before) || chance(draw, 35))
    .map(({ name }) => ({ from: name, accepts: ['Succeeded'] }));
}

function drawStep(
  draw: Draw,
  name: string,
  runAfter: readonly EdgePlan[],
  isDoubtful: boolean,
): StepPlan {
  const retry = chance(draw, 25) ? { count: draw(1, 2), interval: draw(1, 20) } : undefined;
  const behaviours = times(isDoubtful ? draw(1, 3) : 1, (): Behaviour => {
    const fails = isDoubtful && chance(draw, 75);
    const throwsFirst = retry === undefined ? 0 : draw(0, retry.count);
    return { takes: draw(0, 5), ends: fails ? 'throws' : 'returns', throwsFirst, onAbort: 0 };
  });
  return {
    kind: 'action',
    name,
    runAfter,
    given: [],
    behaviours,
    ...(retry && { retry }),
    undoFailsFirst: chance(draw, 80) ? 0 : pick(draw, [1, undoRetries]),
  };
}
