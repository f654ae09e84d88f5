/**
 * The runs of this chaos: which there are, their workflows, and what their handlers and compensations do.
 *
 * Invariant: a name is a plan, and a plan is a workflow. Every process makes the same ones from their names.
 * Read next: work-log.ts, where handlers note what they do; judge.ts, what must have come of it.
 * @module
 */
import { fixed, systemClock } from '@runafter/clock';
import type { Flow, Handle, Workflow } from '@runafter/core';
import { saga } from '@runafter/saga';
import { seededDraw } from '../../../packages/core/test/model/draw.ts';
import { everything } from '../../../packages/core/test/model/expected.ts';
import type { HandlerContext } from '../../../packages/core/test/model/journal.ts';
import { expectRun, outputAt } from '../../../packages/core/test/model/oracle.ts';
import { type ActionPlan, entryFor, type Plan } from '../../../packages/core/test/model/plan.ts';
import {
  type ScopeWriter,
  typedWorkflow,
} from '../../../packages/core/test/model/typed-workflow.ts';
import { swiftPlan } from '../../durable/swift-plan.ts';
import { isSaga, type StepPlan, undoRetries, withSagas } from './saga-plans.ts';
import type { WorkEntry } from './work-log.ts';

/** A run, and what its plan is called. */
export interface PlannedRun {
  readonly runId: string;
  readonly plan: string;
}

/** Milliseconds between two tries to undo a step. */
const undoInterval = 10;
/** How many handlers a run calls. */
const calls = { least: 8, most: 60 };

/** The plan of a name. */
export function chaosPlan(name: string): Plan {
  return withSagas(swiftPlan(name), seededDraw(`${name} sagas`));
}

/** So many runs, of so many plans that call enough handlers and not too many. */
export function drawRuns(seed: string, { runs, plans }: { runs: number; plans: number }) {
  const names: string[] = [];
  for (let number = 0; names.length < plans; number++) {
    const name = `${seed} ${number}`;
    const due = everything(expectRun(chaosPlan(name))).reduce((sum, one) => sum + one.calls, 0);
    if (due >= calls.least && due <= calls.most) names.push(name);
  }
  return Array.from({ length: runs }, (_, number): PlannedRun => {
    return { runId: `run-${number}`, plan: names[number % plans] as string };
  });
}

/** What a handler or a compensation does is noted here. */
export type Note = (entry: WorkEntry) => void;

/** The workflow of a plan; plans have names that are too odd for workflows. */
export function workflowOf(plan: string, note: Note): Workflow<undefined, unknown> {
  const witness = {
    perform: (step: ActionPlan, _: unknown, context: HandlerContext) =>
      perform(step, context, note),
  };
  return typedWorkflow(chaosPlan(plan), witness, {
    name: workflowName(plan),
    writeScope: sagaWriter(note),
  });
}

export function workflowName(plan: string): string {
  return `Plan_${plan.replaceAll(/\W+/g, '_')}`;
}

function sagaWriter(note: Note): ScopeWriter {
  return (plan, runAfter, flow, options) => {
    if (!isSaga(plan)) return undefined;
    return saga(
      flow as Flow<undefined>,
      plan.name,
      runAfter as [],
      (steps) => {
        const handles = new Map<string, Handle<never, unknown>>();
        for (const step of plan.body.nodes) {
          const after = step.runAfter.map(({ from }) => handles.get(from)) as [];
          const handle = steps.step(
            step.name,
            after,
            (_, context) => perform(step, context as HandlerContext, note),
            {
              ...(step.retry && { retry: fixed(step.retry) }),
              compensate: {
                run: (_, context) => undo(step, context, note),
                retry: fixed({ count: undoRetries, interval: undoInterval }),
              },
            },
          );
          handles.set(step.name, handle as unknown as Handle<never, unknown>);
        }
      },
      options,
    );
  };
}

/** The effect comes after the work: a process that is killed before that has called, and done nothing. */
function perform(
  { behaviours }: ActionPlan,
  { path, runId, attempt, idempotencyKey: key, index }: HandlerContext,
  note: Note,
): unknown {
  const { takes, ends, throwsFirst } = entryFor(behaviours, index);
  const call = { address: `${runId}/${path}`, attempt, key };
  const conclude = () => {
    note({ what: 'effect', ...call });
    if (attempt <= throwsFirst || ends === 'throws') throw new Error('Fails, as planned.');
    return outputAt(path);
  };
  note({ what: 'call', ...call });
  return takes === 0 ? conclude() : systemClock.sleep(takes).then(conclude);
}

/** What a compensation sees of its context. */
interface UndoContext {
  readonly runId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly step: { readonly path: string; readonly idempotencyKey: string };
}

async function undo(
  { undoFailsFirst }: StepPlan,
  { runId, attempt, idempotencyKey: key, step }: UndoContext,
  note: Note,
): Promise<void> {
  const address = `${runId}/${step.path}`;
  note({ what: 'undo-call', address, attempt, key });
  await systemClock.sleep(1);
  if (attempt <= undoFailsFirst) throw new Error('Cannot be undone yet, as planned.');
  note({ what: 'undo-effect', address, key, of: step.idempotencyKey });
}
