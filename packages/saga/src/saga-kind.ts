/**
 * The container kind behind `saga()`: what is stored before a step begins, when the others are told to
 * stop, and how the saga ends.
 *
 * Invariant: before a step's handler is called it is stored that it begins, and before anything is undone
 * it is stored why. So a process that takes over knows what may have happened, and never changes its mind
 * about undoing.
 * Read next: step-facts.ts (what may have happened), undo-steps.ts (the order of undoing).
 * @module
 */
import type { ActionError } from '@runafter/core';
import {
  type Container,
  type ContainerKind,
  unheardCancel,
  unheardFailure,
  type Verdict,
} from '@runafter/core/container-kind';
import { checkSaga, type SagaOptions } from './check-saga.ts';
import { reportName } from './last-phase-names.ts';
import { type StepReport, type StoredReport, shortened } from './saga-report.ts';
import { happenedIn, type Starts } from './step-facts.ts';
import { planOf } from './step-plan.ts';
import { defaultConcurrency, type UndoOutcomes, undoSteps } from './undo-steps.ts';

/** Why a saga does not succeed; decided once. */
interface Ending {
  readonly status: 'Failed' | 'Cancelled' | 'TimedOut';
  readonly cause: ActionError;
  /** The pivot has Succeeded, so nothing is undone. */
  readonly isForward: boolean;
}

interface SagaState {
  readonly starts: Starts;
  readonly ending: Ending | undefined;
}

type SagaContainer = Container<SagaOptions, SagaState>;

/** They have told their other steps to stop. */
const stopping = new WeakSet<SagaContainer>();

export const sagaKind: ContainerKind<SagaOptions, SagaState> = {
  name: 'saga',
  optionNames: ['compensationConcurrency'],
  check: checkSaga,
  initialState: () => ({ starts: new Map(), ending: undefined }),
  childStarting: (saga, step) => {
    if (planOf(step) === undefined) return;
    const { starts } = saga.state;
    const times = (starts.get(step.name) ?? 0) + 1;
    return saga.saveState({ ...saga.state, starts: new Map(starts).set(step.name, times) });
  },
  childEnded: (saga, { record }) => {
    if (stopping.has(saga)) return;
    const isUnheard = () => record?.status === 'Skipped' && unheardFailure(saga.children);
    if (!(saga.failureIsCertain || isUnheard()) || isPastPivot(saga)) return;
    stopping.add(saga);
    const message = `"${saga.path}" cannot succeed any more, so it does not go on with its other steps.`;
    saga.cancelChildren({ code: 'SAGA_STEPS_STOPPED', message });
  },
  finish: async (saga) => {
    const ending = saga.state.ending ?? endingOf(saga);
    // In so many words, so that an order to stop that comes now does not leave done what it cancels.
    if (ending === undefined) return { status: 'Succeeded' };
    await saga.saveState({ ...saga.state, ending });
    const undone = ending.isForward ? new Map() : await undo(saga);
    const steps = [...stepReports(saga, ending, undone), ...withoutDefinition(saga)];
    const report: StoredReport = { cause: shortened(ending.cause), steps };
    await saga.perform(reportName, () => report, { secure: false });
    return verdictOn(saga, ending, steps);
  },
};

/** Undefined where the saga has succeeded. */
function endingOf(saga: SagaContainer): Ending | undefined {
  const { stopped } = saga;
  const failure = unheardFailure(saga.children) ?? saga.leafError ?? unheardCancel(saga.children);
  const isForward = isPastPivot(saga);
  if (stopped !== undefined) {
    // What is finished and cannot be undone is not stopped.
    if (isForward && failure === undefined && !hasSkipped(saga, stopped.code)) return undefined;
    const { status, code, message } = stopped;
    return { status, cause: { code, message }, isForward };
  }
  if (failure === undefined) return undefined;
  const { code, message } = failure;
  return { status: 'Failed', cause: { code, message }, isForward };
}

/** Whether the order to stop came before a step could start. */
function hasSkipped({ children }: SagaContainer, code: string): boolean {
  return children.some(({ record }) => record?.status === 'Skipped' && record.code === code);
}

function isPastPivot({ children }: SagaContainer): boolean {
  return children.some((step) => step.record?.status === 'Succeeded' && planOf(step)?.pivot);
}

function undo(saga: SagaContainer): Promise<UndoOutcomes> {
  const { compensationConcurrency = defaultConcurrency } = saga.options;
  const { starts } = saga.state;
  const mayHaveHappened = (step: SagaContainer['children'][number]): boolean =>
    happenedIn(step, starts) !== 'no';
  return undoSteps(saga, compensationConcurrency, mayHaveHappened, saga.perform);
}

function stepReports(
  saga: SagaContainer,
  { isForward }: Ending,
  undone: UndoOutcomes,
): readonly StepReport[] {
  return saga.children.flatMap((step): StepReport[] => {
    const plan = planOf(step);
    if (plan === undefined) return [];
    const { name, record } = step;
    const happened = happenedIn(step, saga.state.starts);
    const error =
      record?.error && record.status !== 'Skipped' ? shortened(record.error) : undefined;
    const facts = {
      step: name,
      status: record?.status ?? 'Skipped',
      ...(error && { error }),
      ...(plan.reason !== undefined && { reason: plan.reason }),
    };
    if (happened === 'no') return [{ ...facts, outcome: 'not-needed' }];
    if (isForward || plan.undo === undefined) {
      return [{ ...facts, outcome: happened === 'yes' ? 'done' : 'unknown' }];
    }
    const undoError = undone.get(name);
    if (undoError === undefined) return [{ ...facts, outcome: 'undone' }];
    return [{ ...facts, outcome: 'undo-failed', undoError: shortened(undoError) }];
  });
}

/** Steps that were begun, and that the definition the run goes on with (`allowChanges`) does not have. */
function withoutDefinition({ children, state }: SagaContainer): readonly StepReport[] {
  const defined = new Set(children.map(({ name }) => name));
  const reason = 'it began, and is not in the definition any more';
  return [...state.starts.keys()]
    .filter((step) => !defined.has(step))
    .map((step) => ({ step, outcome: 'unknown', status: 'Skipped', reason }));
}

function verdictOn(
  { children }: SagaContainer,
  ending: Ending,
  steps: readonly StepReport[],
): Verdict {
  const { status, cause, isForward } = ending;
  const failed = steps.filter(({ outcome }) => outcome === 'undo-failed').map(({ step }) => step);
  if (failed.length > 0) {
    const message =
      `Could not be undone: ${failed.join(', ')}. The saga was to be undone because ` +
      `${cause.message}`;
    return { status: 'Failed', code: 'COMPENSATION_FAILED', message };
  }
  if (isForward) {
    const message = `The saga is past its pivot and not finished, so nothing was undone: ${cause.message}`;
    return { status: 'Failed', code: 'SAGA_INCOMPLETE', message };
  }
  // Without words of its own the saga is explained by the leaf that failed, if one did.
  if (status === 'Failed' && unheardFailure(children) === undefined) return { status };
  return { status, ...cause };
}
