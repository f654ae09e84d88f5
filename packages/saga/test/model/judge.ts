/**
 * Judges a run: each of its sagas by the oracle, the run itself by its sagas; and says which cases it
 * was one of, so that a test can tell whether the plans reach what is hard.
 * @module
 */
import type { Run } from '@runafter/core';
import { type SagaReport, sagaReport } from '@runafter/saga';
import type { EffectEvent } from './effects-log.ts';
import { aboutOrder, complaintsAbout, type Ended, type EndedSaga, isForward } from './oracle.ts';
import { sagaPath } from './planned-workflow.ts';
import type { RunPlan } from './run-plan.ts';
import type { EndedRun } from './run-to-its-end.ts';

export interface Judgement {
  readonly complaints: readonly string[];
  /** The cases that it was one of; one as often as there were sagas of it. */
  readonly cases: readonly string[];
}

export function judged(plan: RunPlan, end: EndedRun): Judgement {
  const sagas = Array.from({ length: plan.items }, (_, item) => endedSaga(plan, end, item));
  const complaints = sagas.flatMap((saga) =>
    complaintsAbout(saga).map((complaint) => `item ${saga.item}: ${complaint}`),
  );
  return {
    complaints: [...complaints, ...aboutRun(plan, end, sagas), ...aboutRetry(sagas, end)],
    cases: [...sagas.flatMap(casesOf), ...casesOfRun(plan, end)],
  };
}

function endedSaga(plan: RunPlan, end: EndedRun, item: number): EndedSaga {
  const { log, deaths, cancelledAfter } = end;
  const events = eventsOf(log.events, item);
  const isTooLate = eventsOf(log.events.slice(0, cancelledAfter), item).some(
    ({ what }) => what === 'undo-begins',
  );
  return {
    ...{ item, events, deaths, nodes: plan.nodes, grace: plan.grace },
    compensationConcurrency: plan.compensationConcurrency,
    ...endIn(plan, end.run, item),
    stops: stopsOf(plan).filter(({ code }) => code !== 'RUN_CANCELLED' || !isTooLate),
  };
}

function eventsOf(events: readonly EffectEvent[], item: number): readonly EffectEvent[] {
  return events.filter((event) => event.item === item);
}

/** How the saga of an item ended, by its run. */
export function endIn(
  plan: RunPlan,
  run: Pick<Run<unknown>, 'result'>,
  item: number,
): Pick<EndedSaga, 'ended' | 'report'> {
  const path = sagaPath(plan, item);
  const record = run.result(path);
  const ended = new Map<string, Ended>();
  for (const { name } of plan.nodes) {
    const { status, code } = run.result(`${path}/${name}`) ?? {};
    if (status !== undefined && code !== undefined) ended.set(name, { status, code });
  }
  const hasBegun = record !== undefined && record.status !== 'Skipped';
  return { ended, report: hasBegun ? sagaReport(record) : undefined };
}

/** How the sagas of a run may be told to stop. */
export function stopsOf({ stop, timeouts }: RunPlan): Ended[] {
  const stops: Ended[] = [];
  if (stop?.by === 'cancel') stops.push({ status: 'Cancelled', code: 'RUN_CANCELLED' });
  if (stop?.by === 'terminate') stops.push({ status: 'Cancelled', code: 'RUN_TERMINATED' });
  if (timeouts.run !== undefined) stops.push({ status: 'TimedOut', code: 'RUN_TIMED_OUT' });
  const hasTimeout = timeouts.saga !== undefined || timeouts.container !== undefined;
  if (hasTimeout) stops.push({ status: 'TimedOut', code: 'CONTAINER_TIMED_OUT' });
  return stops;
}

function* aboutRun(plan: RunPlan, end: EndedRun, sagas: readonly EndedSaga[]): Generator<string> {
  const { result, timersLeft, deaths, cancelledAfter, log } = end;
  if (deaths === 0 && timersLeft > 0) yield `${timersLeft} timers are left`;
  if (result.status === 'Failed' && plan.stop?.by !== 'terminate') {
    const codes = [
      ...sagas.map(({ report }) => report?.code),
      ...stopsOf(plan).map(({ code }) => code),
    ];
    if (!codes.includes(result.error.code)) yield `the run Failed with ${result.error.code}`;
  }
  if (result.status === 'Succeeded' && plan.stop?.by !== 'terminate') {
    const failed = sagas.filter(({ report }) => report?.status !== 'Succeeded');
    if (failed.length > 0) yield 'the run Succeeded, and a saga did not';
  }
  if (cancelledAfter === undefined || deaths > 0) return;
  for (const saga of sagas) {
    const before = eventsOf(log.events.slice(0, cancelledAfter), saga.item);
    const { status, code = '' } = saga.report ?? {};
    // Past its pivot it is complete where all that counts has succeeded.
    const mayEnd = isForward(saga) ? /Succeeded|Failed/ : /Cancelled|TimedOut/;
    if (!isAtWork(before) || mayEnd.test(status ?? '') || code === 'COMPENSATION_FAILED') continue;
    yield `item ${saga.item} was cancelled, and ended ${status} with ${code}`;
  }
}

/** Whether a handler runs that was not told to stop. */
function isAtWork(events: readonly EffectEvent[]): boolean {
  const open = new Set<string>();
  for (const { what, step } of events) {
    if (what === 'begins') open.add(step);
    if (what === 'settles' || what === 'told-to-stop') open.delete(step);
  }
  return open.size > 0;
}

/** What is tried again is undone, in order, by the same keys; and nothing else is touched. */
function* aboutRetry(sagas: readonly EndedSaga[], { retried }: EndedRun): Generator<string> {
  for (const saga of sagas) {
    const failed = saga.report?.steps.filter(({ outcome }) => outcome === 'undo-failed') ?? [];
    if (failed.length === 0) continue;
    const report = retried?.reports.find(({ path }) => path === saga.report?.path);
    const events = eventsOf(retried?.log.events ?? [], saga.item);
    const steps = (saga.report as SagaReport).steps.map(({ undoError: _, ...step }) =>
      step.outcome === 'undo-failed' ? { ...step, outcome: 'undone' } : step,
    );
    if (JSON.stringify(report?.steps) !== JSON.stringify(steps))
      yield `retried: ${JSON.stringify(report)}`;
    const undone = new Set(events.map(({ step }) => step));
    if (undone.size !== failed.length) yield `retried: ${[...undone].join()} are undone`;
    for (const { step } of failed) {
      const key = (of: readonly EffectEvent[]) =>
        of.find((event) => event.step === step && event.undoKey)?.undoKey;
      if (key(events) !== key(saga.events)) yield `retried: ${step} by the key ${key(events)}`;
    }
    for (const complaint of aboutOrder({ ...saga, events })) yield `retried: ${complaint}`;
  }
}

function casesOf(saga: EndedSaga): string[] {
  const { report, events } = saga;
  if (report === undefined) return ['never began'];
  const cases = [`${report.status}`, ...report.steps.map(({ outcome }) => outcome)];
  if (/^(COMPENSATION|SAGA)_/.test(report.code)) cases.push(report.code);
  if (events.some(({ what }) => what === 'comes-too-late')) cases.push('effect after undoing');
  const isUndoing = events.filter(({ what }) => what.startsWith('undo'));
  if (new Set(isUndoing.map(({ life }) => life)).size > 1) cases.push('killed while undoing');
  if (isUndoing.some(({ call }) => call > 1)) cases.push('undoing tried again');
  if (isForward(saga)) cases.push('past its pivot');
  return cases;
}

function casesOfRun(plan: RunPlan, { deaths, retried, result }: EndedRun): string[] {
  return [
    `run ${result.status}`,
    ...(deaths > 0 ? ['killed'] : []),
    ...(deaths > 1 ? ['killed more than once'] : []),
    ...(retried ? ['tried again later'] : []),
    ...(plan.stop ? [plan.stop.by] : []),
  ];
}
