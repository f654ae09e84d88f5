/**
 * What became of each step of a saga: for programs, and for the person who has to deal with the rest.
 *
 * A saga that does not succeed keeps its report as a record among its own, so it is there in a run's
 * result, in the store, and after a resume. That of one that Succeeded follows from its records.
 * Read next: format-saga-report.ts, retry-compensation.ts.
 * @module
 */
import type { ActionError, ActionRecord, Result, Status } from '@runafter/core';
import { endedContainer } from '@runafter/core/container-kind';
import { RunafterError } from '@runafter/errors';
import { reportName, undoName } from './last-phase-names.ts';
import { planOf } from './step-plan.ts';

/** The part of an error that can be stored. */
type Reason = Pick<ActionError, 'code' | 'message'>;

/**
 * `done`: it Succeeded and stays so. `undone`: it may have happened, and was undone. `not-needed`: it
 * never began, or certainly did nothing. `unknown`: it may have happened, and nobody undoes it.
 * `undo-failed`: it may have happened, and undoing it has failed for good.
 */
export type StepOutcome = 'done' | 'undone' | 'not-needed' | 'unknown' | 'undo-failed';

export interface StepReport {
  /** Its name. */
  readonly step: string;
  readonly outcome: StepOutcome;
  /** How the step itself ended; Skipped, too, where the definition does not have it any more. */
  readonly status: Status;
  /** Why it did not succeed, where it began and did not. */
  readonly error?: Reason;
  /** Why it is not undone: what it said with `none('…')`, or that the definition does not have it any more. */
  readonly reason?: string;
  /** Why it could not be undone. */
  readonly undoError?: Reason;
}

export interface SagaReport {
  /** Which saga, from the run that was started: `Hires[3]/Onboard`. */
  readonly path: string;
  readonly status: Status;
  /** `OK`, COMPENSATION_FAILED, SAGA_INCOMPLETE, or the code of what made it fail or stop. */
  readonly code: string;
  /** What made it fail or stop; undefined where it Succeeded. */
  readonly cause: Reason | undefined;
  /** In the order in which they were written. */
  readonly steps: readonly StepReport[];
}

/** What a saga stores of its report; the rest is its record's. */
export interface StoredReport {
  readonly cause: Reason;
  readonly steps: readonly StepReport[];
}

/** `SAGA_UNKNOWN`: a report was asked for of something that is no saga, or one that never began. */
export class SagaUnknownError extends RunafterError {
  readonly path: string;

  constructor(path: string) {
    super(
      'SAGA_UNKNOWN',
      `"${path}" is not the record of a saga that has begun. Pass what run.result('…') gives for a saga, ` +
        'or the run’s result to sagaReports().',
    );
    this.path = path;
  }
}

/**
 * What became of each step of a saga.
 *
 * @param record - of a run in this process, or of one that `resume()` has read; in a handler, what
 *   `settled(saga)` hands over. A loop that does not keep the iteration forgets the report with it.
 * @throws {SagaUnknownError} `SAGA_UNKNOWN`: not of a saga, or of one that was skipped.
 * @example
 * const report = sagaReport(run.result('Hires[3]/Onboard'));
 * const left = report.steps.filter(({ outcome }) => outcome === 'undo-failed' || outcome === 'unknown');
 */
export function sagaReport(record: ActionRecord | Result<unknown, Status> | undefined): SagaReport {
  // Whatever an edge hands over is the record.
  const report = record && reportOf(record as ActionRecord, record.path);
  if (report === undefined) throw new SagaUnknownError(record?.path ?? '');
  return report;
}

/**
 * The reports of all sagas in a run that have begun, in order, at any depth. They are made one by one, as
 * the caller asks for them.
 *
 * @param result - of a run, or anything with records.
 * @example
 * const result = await run.finished;
 * for (const report of sagaReports(result)) {
 *   if (report.code === 'COMPENSATION_FAILED') console.error(formatSagaReport(report));
 * }
 */
export function* sagaReports(result: {
  readonly results: readonly ActionRecord[];
}): Generator<SagaReport, undefined> {
  for (const { record, path } of sagaRecords(result.results)) {
    const report = reportOf(record, path);
    if (report !== undefined) yield report;
  }
  return undefined;
}

/** A record of a saga, with its path from the run that was started. */
export interface SagaRecord {
  readonly record: ActionRecord;
  readonly path: string;
}

/**
 * All sagas among the records and inside them.
 *
 * @param around - what stands before the paths of a child workflow.
 */
export function* sagaRecords(
  records: readonly ActionRecord[],
  around = '',
): Generator<SagaRecord, undefined> {
  for (const record of records) {
    const path = around + record.path;
    if (isSaga(record)) yield { record, path };
    else if (record.iterations === undefined) {
      yield* sagaRecords(record.results, record.kind === 'child' ? `${path}/` : around);
    } else for (const { results } of record.iterations) yield* sagaRecords(results, around);
  }
  return undefined;
}

function isSaga(record: ActionRecord): boolean {
  return record.kind === 'container' && endedContainer(record)?.kind.name === 'saga';
}

function reportOf(record: ActionRecord, path: string): SagaReport | undefined {
  if (!isSaga(record)) return undefined;
  const { status, code, error } = record;
  const stored = record.results.find(({ name }) => name === reportName)?.outputs;
  // Without one it Succeeded, or its report was larger than what may be stored.
  const { cause, steps } = (stored as StoredReport | undefined) ?? {
    cause: error && shortened(error),
    steps: stepsOf(record),
  };
  return { path, status, code, cause, steps };
}

/** What the records tell. */
function stepsOf(saga: ActionRecord): readonly StepReport[] {
  const children = endedContainer(saga)?.container.children ?? [];
  return children.flatMap((step): StepReport[] => {
    const plan = planOf(step);
    if (plan === undefined || step.record === undefined) return [];
    const { status, error } = step.record;
    const facts = {
      step: step.name,
      status,
      ...(error && status !== 'Skipped' && { error: shortened(error) }),
      ...(plan.reason !== undefined && { reason: plan.reason }),
    };
    const undo = saga.results.find(({ name }) => name === undoName(step.name));
    if (plan.undo !== undefined && undo !== undefined) {
      if (undo.error === undefined) return [{ ...facts, outcome: 'undone' }];
      return [{ ...facts, outcome: 'undo-failed', undoError: shortened(undo.error) }];
    }
    if (status === 'Succeeded') return [{ ...facts, outcome: 'done' }];
    return [{ ...facts, outcome: status === 'Skipped' ? 'not-needed' : 'unknown' }];
  });
}

/** The longest message that is kept: a report is stored, and read by people. */
const maxMessage = 1_000;

/** An error as a report keeps it. */
export function shortened({ code, message }: Reason): Reason {
  const text = message.length > maxMessage ? `${message.slice(0, maxMessage)}…` : message;
  return { code, message: text };
}
