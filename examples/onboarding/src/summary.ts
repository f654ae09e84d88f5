/**
 * The summary of a run, made from its results in one place: nothing was counted on the way.
 * @module
 */
import type { Iteration, LoopDetail, Result } from '@runafter/core';
import { groupErrorsByCode, partition, tally } from '@runafter/results';
import { type StepReport, sagaReports } from '@runafter/saga';
import { type Hire, nameOf } from './hire.ts';

/** What came of the hires. */
export interface Summary {
  readonly total: number;
  readonly complete: number;
  /** Why the others are not, and how many; the most frequent reason first. */
  readonly reasons: readonly { readonly code: string; readonly count: number }[];
  /** Those who are not complete, in the order of the file. */
  readonly notOnboarded: readonly NotOnboarded[];
}

/** Somebody who could not be onboarded. */
export interface NotOnboarded {
  /** The employee number. */
  readonly employee: string;
  readonly name: string;
  readonly department: string;
  readonly code: string;
  /** Why not, and what was undone: for whoever does it again. */
  readonly comment: string;
}

type Onboarded = Iteration<Result<void>, Hire>;

/** Sums up a loop over hires whose iterations hand over how the saga went. */
export function summarize({ iterations }: LoopDetail<Result<void>, Hire>): Summary {
  const sagas = partition(iterations).succeeded.map(({ outputs }) => outputs);
  const { total, Succeeded } = tally(sagas);
  return {
    total,
    complete: Succeeded,
    reasons: [...groupErrorsByCode(sagas).values()].map(({ code, count }) => ({ code, count })),
    notOnboarded: iterations.flatMap(toNotOnboarded),
  };
}

function toNotOnboarded(iteration: Onboarded): NotOnboarded[] {
  const { item, status } = iteration;
  const ended = status === 'Succeeded' ? iteration.outputs : iteration;
  if (ended.status === 'Succeeded') return [];
  const { code, message } = ended.error;
  const why =
    code === 'POOL_EMPTY' ? `no ${item.licence} licence was left` : message.replace(/\.$/, '');
  const { number: employee, department } = item;
  const comment = [why, ...undoneIn(iteration)].join('; ');
  return [{ employee, name: nameOf(item), department, code, comment }];
}

/** `undone: Account, Site`, and what is left to a person. */
function undoneIn(iteration: Onboarded): string[] {
  const [report] = sagaReports(iteration);
  const named = (isMeant: (step: StepReport) => boolean): string =>
    (report?.steps ?? [])
      .filter(isMeant)
      .map(({ step }) => step)
      .join(', ');
  // What has failed is undone too, for it may have happened; but it is nothing that they had.
  const undone = named(({ outcome, status }) => outcome === 'undone' && status !== 'Failed');
  const left = named(({ outcome }) => outcome === 'unknown' || outcome === 'undo-failed');
  return [
    ...(undone ? [`undone: ${undone}`] : []),
    ...(left ? [`to be looked at by a person: ${left}`] : []),
  ];
}
