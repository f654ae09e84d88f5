/**
 * A saga's report as text.
 * @module
 */
import type { SagaReport, StepOutcome, StepReport } from './saga-report.ts';

const words: Readonly<Record<StepOutcome, string>> = {
  done: 'done',
  undone: 'undone',
  'not-needed': 'nothing to undo',
  unknown: 'MAY BE DONE',
  'undo-failed': 'NOT UNDONE',
};

/**
 * A saga's report for the person who has to deal with what is left: one line for the saga, one for its
 * cause, one for each step, and what to do.
 *
 * @example
 * console.error(formatSagaReport(sagaReport(run.result('Onboard'))));
 * // Saga "Onboard" ended Failed (COMPENSATION_FAILED).
 * //   Cause: "Onboard/Log" ended Failed: no such table
 * //   Account  NOT UNDONE: LOCKED: the account is locked
 * //   Licence  undone
 * //   Log      nothing to undo
 * // To do: undo by hand, or with retryCompensation(…): Account.
 */
export function formatSagaReport(report: SagaReport): string {
  const { path, status, code, cause, steps } = report;
  const how = status === 'Succeeded' ? status : `${status} (${code})`;
  const width = Math.max(0, ...steps.map(({ step }) => step.length));
  const lines = steps.map((step) => `  ${step.step.padEnd(width)}  ${lineOf(step)}`);
  return [
    `Saga "${path}" ended ${how}.`,
    ...(cause === undefined ? [] : [`  Cause: ${cause.message}`]),
    ...lines,
    ...whatToDo(report),
  ].join('\n');
}

function lineOf({ outcome, reason, undoError, error }: StepReport): string {
  if (undoError !== undefined) return `${words[outcome]}: ${undoError.code}: ${undoError.message}`;
  if (outcome === 'unknown' && error !== undefined) {
    return `${words[outcome]}: ${error.code}: ${error.message}${reason ? ` (${reason})` : ''}`;
  }
  return reason === undefined ? words[outcome] : `${words[outcome]} (${reason})`;
}

function whatToDo({ code, status, steps }: SagaReport): readonly string[] {
  if (status === 'Succeeded') return [];
  const named = (outcome: StepOutcome): string =>
    steps
      .filter((step) => step.outcome === outcome)
      .map(({ step }) => step)
      .join(', ');
  const failed = named('undo-failed');
  const unknown = named('unknown');
  return [
    ...(failed ? [`To do: undo by hand, or with retryCompensation(…): ${failed}.`] : []),
    ...(unknown ? [`To do: look whether it has happened: ${unknown}.`] : []),
    ...(code === 'SAGA_INCOMPLETE' ? ['To do: finish what is not done; it cannot be undone.'] : []),
  ];
}
