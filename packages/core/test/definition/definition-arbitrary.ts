/**
 * Random definitions as plain data, and both ways of writing each of them.
 *
 * Every action runs after some of those before it, with any statuses, so the data is a DAG as it is;
 * the order in which the data form gets the actions is shuffled where a test asks for that.
 * @module
 */
import fc from 'fast-check';
import type { DataActions, DataNode } from '../../src/definition/data-form/data-definition.ts';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import type { Criticality } from '../../src/definition/definition.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { type Dependency, type Handle, on } from '../../src/definition/handle.ts';
import { type Workflow, workflow } from '../../src/definition/workflow.ts';
import type { RunAfterStatus } from '../../src/status.ts';

export interface ActionPlan {
  readonly name: string;
  /** Indexes of actions before it, with the statuses that are accepted. */
  readonly runAfter: readonly {
    readonly from: number;
    readonly statuses: readonly RunAfterStatus[];
  }[];
  readonly criticality: Criticality;
  readonly timeout: number | undefined;
  /** The inside, of a scope or a loop; undefined for an action. */
  readonly inside: { readonly loop: boolean; readonly actions: readonly ActionPlan[] } | undefined;
}

const all: readonly RunAfterStatus[] = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'];

const statuses = fc.oneof(
  { weight: 3, arbitrary: fc.constant<RunAfterStatus[]>(['Succeeded']) },
  { weight: 1, arbitrary: fc.constant([...all]) },
  { weight: 2, arbitrary: fc.subarray([...all], { minLength: 1 }) },
);

/** Actions of one container; `depth` levels of containers may be inside. */
export function actionPlans(depth: number): fc.Arbitrary<ActionPlan[]> {
  const inside =
    depth === 0
      ? fc.constant(undefined)
      : fc.option(
          fc.record({ loop: fc.boolean(), actions: fc.nat(4).chain(() => actionPlans(depth - 1)) }),
          { nil: undefined, freq: 3 },
        );
  const shape = fc.record({
    edges: fc.array(fc.record({ back: fc.integer({ min: 1, max: 8 }), statuses }), {
      maxLength: 3,
    }),
    criticality: fc.constantFrom<Criticality>('critical', 'critical', 'important', 'optional'),
    timeout: fc.option(fc.nat(100_000), { nil: undefined }),
    inside,
  });
  return fc.array(shape, { maxLength: 8 }).map((shapes) =>
    shapes.map(({ edges, criticality, timeout, inside }, index) => {
      const runAfter = new Map(
        edges
          .filter(({ back }) => back <= index)
          .map(({ back, statuses }) => [index - back, { from: index - back, statuses }]),
      );
      return {
        name: `A${index}`,
        runAfter: [...runAfter.values()],
        criticality,
        timeout,
        inside,
      };
    }),
  );
}

/** Written with handles. */
export function withHandles(plans: readonly ActionPlan[]): Workflow<unknown, void> {
  return workflow('Random', (flow: Flow<unknown>) => writeActions(flow, plans));
}

function writeActions<O>(flow: Flow<unknown, O, unknown>, plans: readonly ActionPlan[]): void {
  const handles: Handle<O, unknown>[] = [];
  for (const plan of plans) {
    const options = optionsOf(plan);
    handles.push(writeOne(flow, plan, dependenciesOf(plan, handles), options));
  }
}

/** The runAfter list of a plan: a bare handle for Succeeded alone, else one with its statuses. */
export function dependenciesOf<O>(
  { runAfter }: ActionPlan,
  handles: readonly Handle<O, unknown>[],
): Dependency<O, unknown>[] {
  return runAfter.map(({ from, statuses }) => {
    const handle = handles[from] as Handle<O, unknown>;
    if (statuses.length === 1 && statuses[0] === 'Succeeded') return handle;
    return on(handle, ...(statuses as [RunAfterStatus]));
  });
}

function writeOne<O>(
  flow: Flow<unknown, O, unknown>,
  { name, inside }: ActionPlan,
  runAfter: readonly Dependency<O, unknown>[],
  options: object,
): Handle<O, unknown> {
  if (inside === undefined) return flow.action(name, runAfter, work, options);
  const { loop, actions } = inside;
  if (!loop) return flow.scope(name, runAfter, (scope) => writeActions(scope, actions), options);
  return flow.forEach(name, runAfter, list, (each) => writeActions(each, actions), options);
}

/** Written as data. `shuffle` decides the order in which the actions of a container are listed. */
export function asData(
  plans: readonly ActionPlan[],
  shuffle: <T>(list: readonly T[]) => readonly T[] = (list) => list,
): Workflow<unknown, unknown> {
  return defineWorkflow({ name: 'Random', actions: dataActions(plans, shuffle) });
}

function dataActions(
  plans: readonly ActionPlan[],
  shuffle: <T>(list: readonly T[]) => readonly T[],
): DataActions<unknown> {
  const entries = plans.map((plan): [string, DataNode<unknown>] => {
    const common = {
      runAfter: Object.fromEntries(
        plan.runAfter.map(({ from, statuses }) => [plans[from]?.name ?? '', statuses]),
      ),
      ...optionsOf(plan),
    };
    const { inside } = plan;
    if (inside === undefined) return [plan.name, { ...common, run: work }];
    const actions = dataActions(inside.actions, shuffle);
    if (!inside.loop) return [plan.name, { ...common, type: 'Scope', actions }];
    return [plan.name, { ...common, type: 'Foreach', items: list, actions }];
  });
  return Object.fromEntries(shuffle(entries));
}

function optionsOf({ criticality, timeout }: ActionPlan): object {
  return { criticality, ...(timeout === undefined ? {} : { timeout }) };
}

function work(): void {}

function list(): unknown[] {
  return [];
}
