/**
 * Runs a plan on the engine, in virtual time, and collects everything that is not as it must be.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { type Executor, type RunEvent, start, type Workflow } from '../../src/index.ts';
import { differences, type Recorded, sameValue } from './compare.ts';
import { eventComplaints } from './event-log.ts';
import { Journal } from './journal.ts';
import { type Expected, type ExpectedRun, everything, expectRun } from './oracle.ts';
import { orderComplaints } from './order-of-calls.ts';
import type { Plan } from './plan.ts';
import { summaryComplaints } from './summary.ts';

/** How a workflow is made from a plan. */
export type Form = (plan: Plan, journal: Journal) => Workflow<undefined, unknown>;

export interface RunPlanOptions {
  readonly form: Form;
  /** Whether starts and ends must be those of the oracle. Default true. */
  readonly compareTimes?: boolean;
  /** Made for the run's own clock. */
  readonly executor?: (clock: VirtualClock) => Executor;
  readonly maxConcurrentActions?: number;
}

/** What is wrong with the run of a plan, one line each. */
export async function runPlan(plan: Plan, options: RunPlanOptions): Promise<string[]> {
  const expected = expectRun(plan);
  const clock = virtualClock();
  const journal = new Journal(clock);
  const { executor, maxConcurrentActions, compareTimes = true } = options;
  const origin = clock.now();
  const run = start(options.form(plan, journal), undefined, {
    clock,
    ...(executor && { executor: executor(clock) }),
    ...(maxConcurrentActions !== undefined && { maxConcurrentActions }),
  });
  const events: RunEvent[] = [];
  run.events.subscribe((event) => events.push(event));
  const { cancelAt } = plan;
  const forgetCancel =
    cancelAt === undefined ? undefined : clock.setTimer(cancelAt, () => run.cancel('as planned'));
  const result = await finishOn(clock, run.finished);
  forgetCancel?.();
  if (result === undefined) return ['the run never ends: nothing is left that could happen'];
  const timersLeft = clock.pending - journal.calls.filter(({ end }) => end === undefined).length;
  await runDry(clock);
  const records = result as unknown as Recorded;
  return [
    ...differences(expected, records, { origin: compareTimes ? origin : undefined }),
    ...callComplaints(expected, journal),
    ...orderComplaints(expected, journal),
    ...summaryComplaints(expected, run, result),
    ...eventComplaints(expected, events),
    ...(timersLeft > 0 ? [`${timersLeft} timers are left when the run has ended`] : []),
    ...(journal.peak > (maxConcurrentActions ?? Number.POSITIVE_INFINITY)
      ? [`${journal.peak} handlers ran at once`]
      : []),
  ];
}

/** Fires timers until the run has ended; undefined when none are left before it has. */
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

/** Each handler: as often as the oracle says, in order, with the right values. */
function* callComplaints(expected: ExpectedRun, journal: Journal): Generator<string> {
  const actions = everything(expected).filter(isAction);
  const byPath = new Map(everything(expected).map((record) => [record.path, record]));
  for (const { path, calls, inputs } of actions) {
    const made = journal.callsOf(path);
    if (made.length !== calls) yield `${path}: was called ${made.length} times, must be ${calls}`;
    for (const [position, call] of made.entries()) {
      if (call.attempt !== position + 1) yield `${path}: attempt ${call.attempt} came out of order`;
      if (!sameValue(call.values, inputs)) yield `${path}: its handler got other values`;
      for (const { path: at, isBare, value } of call.seen) {
        const { status, outputs } = byPath.get(at) as Expected;
        const isRight = sameValue(value, isBare ? outputs : { status, outputs });
        if (!isRight) yield `${path}: its handler saw something else of ${at}`;
      }
      if (call.idempotencyKey !== made[0]?.idempotencyKey) yield `${path}: changes its key`;
    }
  }
  const called = new Set(journal.paths);
  const keys = new Set(journal.calls.map(({ idempotencyKey }) => idempotencyKey));
  if (keys.size < called.size) yield 'two actions have the same idempotency key';
  const wanted = new Set(actions.map(({ path }) => path));
  for (const path of called) {
    if (!wanted.has(path)) yield `${path}: was called although it must be Skipped`;
  }
}

function isAction({ calls }: Expected): boolean {
  return calls > 0;
}
