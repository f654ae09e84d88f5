/**
 * Undoes steps in reverse order of their dependencies.
 *
 * Invariant: a step is undone when the undoing of everything that ran after it, by any number of edges,
 * has ended; independent ones side by side, as many as the limit allows. What could not be undone holds
 * nothing back: leaving more undone would not bring it back, only make more work for a person.
 * @module
 */
import { concurrencyLimiter } from '@runafter/clock';
import type { ActionError } from '@runafter/core';
import type { Child, Container, EndedContainer } from '@runafter/core/container-kind';
import type { CompensationContext, Done } from './compensation.ts';
import { undoName } from './last-phase-names.ts';
import { planOf } from './step-plan.ts';

export const defaultConcurrency = 10;

/** What undoing needs to know of a saga. */
export type UndoneSaga = EndedContainer['container'];

/** Runs the functions that undo, each with a record of its own. */
export type Perform = Container<unknown, unknown>['perform'];

/** How undoing a step went; the error is undefined where it was undone. */
export type UndoOutcomes = ReadonlyMap<string, ActionError | undefined>;

/**
 * Undoes the steps that `isNeeded` names; resolves when all undoing has ended, whatever came of it.
 *
 * @param isNeeded - asked only for steps that have a compensation.
 */
export async function undoSteps(
  saga: UndoneSaga,
  concurrency: number,
  isNeeded: (step: Child) => boolean,
  perform: Perform,
): Promise<UndoOutcomes> {
  const limiter = concurrency === Infinity ? undefined : concurrencyLimiter(concurrency);
  const outcomes = new Map<string, ActionError | undefined>();
  const undoings = new Map<string, Promise<unknown>>();
  const undo = async (step: Child): Promise<void> => {
    await Promise.all(step.successors.map((name) => undoings.get(name)));
    if (planOf(step)?.undo === undefined || !isNeeded(step)) return;
    const permit = await limiter?.acquire();
    try {
      outcomes.set(step.name, await undoStep(saga, step, perform));
    } finally {
      permit?.release();
    }
  };
  // Steps stand behind what they run after, so here each finds its successors already under way.
  for (const step of saga.children.toReversed()) undoings.set(step.name, undo(step));
  await Promise.all(undoings.values());
  return outcomes;
}

async function undoStep(
  saga: UndoneSaga,
  step: Child,
  perform: Perform,
): Promise<ActionError | undefined> {
  const { undo } = planOf(step) ?? {};
  if (undo === undefined) return undefined;
  const { run, retry, timeout } = undo;
  const done: Done<unknown> =
    step.record?.status === 'Succeeded' ? { outputs: step.outputs } : { unknown: true };
  const { input, item, index } = saga.context;
  const name = undoName(step.name);
  const facts = {
    ...{ input, item, index, runId: saga.runId },
    step: {
      name: step.name,
      path: `${saga.path}/${step.name}`,
      idempotencyKey: step.idempotencyKey,
    },
    idempotencyKey: `${saga.idempotencyKey}/${name}`,
  };
  const result = await perform(
    name,
    async ({ signal, attempt }) => {
      const context = { ...facts, signal, attempt };
      // What it returns is not kept: it need not be something that can be stored.
      await run(done, context as CompensationContext<unknown, unknown>);
    },
    { retry, timeout, secure: step.secure },
  );
  return result.status === 'Succeeded' ? undefined : result.error;
}
