/**
 * Runs a plan on the engine, in virtual time, and keeps all that can be seen of it.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type Executor,
  type Run,
  type RunEvent,
  type RunResult,
  start,
  type Workflow,
} from '../../src/index.ts';
import { Journal, type Witness } from './journal.ts';
import type { Plan } from './plan.ts';

/** How a workflow is made from a plan. */
export type Form = (plan: Plan, witness: Witness) => Workflow<undefined, unknown>;

export interface RunPlanOptions {
  readonly form: Form;
  /** Made for the run's own clock. */
  readonly executor?: (clock: VirtualClock) => Executor;
  readonly maxConcurrentActions?: number;
}

/** A run of a plan that has ended, and whose late handlers have ended, too. */
export interface PlannedRun {
  readonly run: Run<unknown>;
  readonly result: RunResult<unknown>;
  readonly journal: Journal;
  readonly events: readonly RunEvent[];
  /** When it started, on the clock's `now()`. */
  readonly origin: number;
  /** Timers that waited when the run had ended, beside those of handlers. */
  readonly timersLeft: number;
}

/** Runs a plan; undefined when the run does not end, although nothing is left that could happen. */
export async function runPlan(
  plan: Plan,
  options: RunPlanOptions,
): Promise<PlannedRun | undefined> {
  const clock = virtualClock();
  const journal = new Journal(clock);
  const events: RunEvent[] = [];
  const { executor, maxConcurrentActions } = options;
  const origin = clock.now();
  const run = start(options.form(plan, journal), undefined, {
    clock,
    ...(executor && { executor: executor(clock) }),
    ...(maxConcurrentActions !== undefined && { maxConcurrentActions }),
  });
  run.events.subscribe((event) => events.push(event));
  const { cancelAt } = plan;
  const forgetCancel =
    cancelAt === undefined ? undefined : clock.setTimer(cancelAt, () => run.cancel('as planned'));
  const result = await finishOn(clock, run.finished);
  if (result === undefined) return undefined;
  forgetCancel?.();
  const timersLeft = clock.pending - journal.calls.filter(({ end }) => end === undefined).length;
  await runDry(clock);
  return { run, result, journal, events, origin, timersLeft };
}

/** Fires timers until the promise is resolved; undefined when none are left before it is. */
async function finishOn<T>(clock: VirtualClock, finished: Promise<T>): Promise<T | undefined> {
  let result: T | undefined;
  const ending = finished.then((value) => {
    result = value;
  });
  while (result === undefined && (await clock.advanceToNext()));
  if (result !== undefined) await ending;
  return result;
}

/** Lets late handlers come to their end: what they do must change nothing any more. */
async function runDry(clock: VirtualClock): Promise<void> {
  while (await clock.advanceToNext());
}
