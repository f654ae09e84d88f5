/**
 * `retryCompensation()`: undoes later what a saga could not undo, in a durable run of its own.
 *
 * Invariant: the id of that run follows from that of the first run and from how often it was tried
 * before. So of several processes that call it at once one does the work, and the others wait for it.
 * Read next: saga-report.ts, undo-steps.ts (the order, the same as in the saga).
 * @module
 */
import {
  type ActionError,
  type Flow,
  inspectRun,
  type ResumeOptions,
  type RunInspection,
  RunNotEndedError,
  type RunStore,
  RunUnknownError,
  resume,
  type StartOptions,
  start,
  type Workflow,
  workflow as workflowOf,
} from '@runafter/core';
import { type ContainerKind, container, endedContainer } from '@runafter/core/container-kind';
import type { SagaOptions } from './check-saga.ts';
import { undoName } from './last-phase-names.ts';
import {
  type SagaReport,
  type StepReport,
  sagaRecords,
  sagaReport,
  shortened,
} from './saga-report.ts';
import { defaultConcurrency, type UndoneSaga, undoSteps } from './undo-steps.ts';

/** What reading a run that has ended takes. */
export interface SagaReportOptions
  extends Pick<ResumeOptions, 'cipher' | 'clock' | 'allowChanges'> {
  readonly store: RunStore;
}

export interface RetryCompensationOptions
  extends SagaReportOptions,
    Pick<StartOptions, 'signal' | 'lease' | 'random' | 'onEvent'> {
  /** How many sagas at once. Default 10. */
  readonly concurrency?: number;
}

/** What is left to undo in one saga; the input of the run that does it. */
interface Remainder {
  readonly saga: string;
  readonly steps: readonly string[];
}

/** A run that has ended, and what came of trying again. */
interface Standing {
  readonly reports: readonly SagaReport[];
  readonly sagas: ReadonlyMap<string, UndoneSaga>;
  /** The id of the next attempt, or of the one that goes on. */
  readonly nextId: string;
}

/**
 * The reports of all sagas in a durable run that has ended, with what `retryCompensation` has undone
 * since. Iterations that their loop did not keep are not among them.
 *
 * @param workflow - the one that the run was of.
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 * @throws {RunNotEndedError} `RUN_NOT_ENDED`
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`: see `allowChanges`.
 */
export async function storedSagaReports<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: SagaReportOptions,
): Promise<readonly SagaReport[]> {
  const { reports } = await standing(workflow, runId, options);
  return reports;
}

/**
 * Tries again to undo what the sagas of a run could not undo (`undo-failed`), each step with the same
 * idempotency keys, retries and time-outs as before. The first run stays as it is. Call it as often as it
 * takes; where nothing is left it does nothing.
 *
 * It is a durable run of a workflow `retryCompensation`, whose id is that of the first one with
 * `/retry-compensation-1` behind: killed, it goes on when somebody calls this again. Several processes may call it at once: one undoes, the others
 * wait for it.
 *
 * @param workflow - the one that the run was of.
 * @returns the reports of all sagas of the run, as they are now.
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 * @throws {RunNotEndedError} `RUN_NOT_ENDED`
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`: see `allowChanges`.
 * @example
 * const reports = await retryCompensation(onboarding, 'monday-47', { store });
 * const left = reports.filter(({ steps }) => steps.some(({ outcome }) => outcome === 'undo-failed'));
 */
export async function retryCompensation<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: RetryCompensationOptions,
): Promise<readonly SagaReport[]> {
  const { concurrency = 10, allowChanges: _, ...startOptions } = options;
  const { reports, sagas, nextId } = await standing(workflow, runId, options);
  const left = reports.flatMap(({ path, steps }): Remainder[] => {
    const failed = steps.filter(({ outcome }) => outcome === 'undo-failed');
    return failed.length === 0 ? [] : [{ saga: path, steps: failed.map(({ step }) => step) }];
  });
  if (left.length === 0) return reports;
  const again = undoAgain(sagas, concurrency);
  await start(again, left, { ...startOptions, runId: nextId }).finished;
  return storedSagaReports(workflow, runId, options);
}

async function standing<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: SagaReportOptions,
): Promise<Standing> {
  const { store, cipher, clock, allowChanges } = options;
  const { status } = await inspectRun(store, runId);
  if (status === 'Running') throw new RunNotEndedError(runId);
  const run = await resume(workflow, runId, {
    store,
    ...(cipher && { cipher }),
    ...(clock && { clock }),
    ...(allowChanges !== undefined && { allowChanges }),
  });
  const { results } = await run.finished;
  const sagas = new Map<string, UndoneSaga>();
  const reports: SagaReport[] = [];
  for (const { record, path } of sagaRecords(results)) {
    const ended = endedContainer(record);
    if (ended !== undefined) sagas.set(path, ended.container);
    reports.push({ ...sagaReport(record), path });
  }
  const since = await undoneSince(store, runId);
  return { sagas, nextId: since.nextId, reports: reports.map((report) => updated(report, since)) };
}

/** What attempts since have said of each step, by saga and step; undefined where it was undone. */
interface Since {
  readonly nextId: string;
  readonly undoings: ReadonlyMap<string, ReadonlyMap<string, ActionError | undefined>>;
}

async function undoneSince(store: RunStore, runId: string): Promise<Since> {
  const undoings = new Map<string, Map<string, ActionError | undefined>>();
  for (let attempt = 1; ; attempt++) {
    const nextId = `${runId}/retry-compensation-${attempt}`;
    const run = await inspectIfThere(store, nextId);
    if (run === undefined || run.status === 'Running') return { nextId, undoings };
    for (const [index, { saga, steps }] of (run.input as Remainder[]).entries()) {
      const known = undoings.get(saga) ?? new Map();
      undoings.set(saga, known);
      const nameOf = new Map(steps.map((step) => [undoName(step), step]));
      const place = `${loopName}[${index}]/${containerName}`;
      for await (const { path, error } of run.outcomes(place)) {
        const step = nameOf.get(path.slice(place.length + 1));
        if (step !== undefined) known.set(step, error);
      }
    }
  }
}

async function inspectIfThere(store: RunStore, runId: string): Promise<RunInspection | undefined> {
  try {
    return await inspectRun(store, runId);
  } catch (error) {
    if (error instanceof RunUnknownError) return undefined;
    throw error;
  }
}

function updated(report: SagaReport, { undoings }: Since): SagaReport {
  const since = undoings.get(report.path);
  if (since === undefined) return report;
  const steps = report.steps.map((step): StepReport => {
    if (!since.has(step.step)) return step;
    const { undoError: _, ...facts } = step;
    const error = since.get(step.step);
    if (error === undefined) return { ...facts, outcome: 'undone' };
    return { ...facts, outcome: 'undo-failed', undoError: shortened(error) };
  });
  return { ...report, steps };
}

const loopName = 'Sagas';
const containerName = 'Undo';

/** The workflow of an attempt: one container for each saga, in whose last phase everything is undone. */
function undoAgain(
  sagas: ReadonlyMap<string, UndoneSaga>,
  concurrency: number,
): Workflow<readonly Remainder[], unknown> {
  const kind: ContainerKind<object> = {
    name: 'retry-compensation',
    finish: async ({ context, perform }) => {
      const { saga: path, steps } = context.item as Remainder;
      const saga = sagas.get(path);
      if (saga === undefined) return undefined;
      const { compensationConcurrency = defaultConcurrency } = saga.options as SagaOptions;
      const outcomes = await undoSteps(
        saga,
        compensationConcurrency,
        (step) => steps.includes(step.name),
        perform,
      );
      const failed = [...outcomes].filter(([, error]) => error !== undefined).map(([step]) => step);
      if (failed.length === 0) return undefined;
      const message = `Could not be undone this time either: ${failed.join(', ')}.`;
      return { status: 'Failed', code: 'COMPENSATION_FAILED', message };
    },
  };
  return workflowOf('retryCompensation', (flow: Flow<readonly Remainder[]>) => {
    flow.forEach(
      loopName,
      [],
      (_, { input }) => input,
      (each) => {
        container(each, kind, containerName, [], () => undefined, {});
      },
      { concurrency },
    );
  });
}
