/**
 * The smallest part of a history that shows why it cannot be: some operations next to each other, and
 * what may have been the case before them.
 *
 * Invariant: from none of the configurations before it can the window's operations be put in an order,
 * and these are all that the operations left of it allow. So the window alone is proof.
 * Read next: explain.ts, which shows it to people.
 * @module
 */
import type { Budget } from './budget.ts';
import type { ObjectHistory } from './object-history.ts';
import { type Configuration, type Cut, type Swept, sweep } from './sweep.ts';

/** A part of a history that cannot be. */
export interface FailingWindow<State> {
  /** In the order of invocation. */
  readonly operations: readonly number[];
  /** The one whose return nothing explains. */
  readonly culprit: number;
  /** The last operations before the window that changed something, for the reader: no part of the proof. */
  readonly leadingUp: readonly number[];
  /** All that may have been the case before the window. */
  readonly before: readonly Configuration<State>[];
  /** The states in which the culprit could have taken effect. */
  readonly statesMet: readonly State[];
}

/**
 * Finds the smallest failing window of a history that has no order.
 *
 * @returns undefined when the budget does not suffice.
 */
export function findFailingWindow<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  budget: Budget,
): FailingWindow<State> | undefined {
  const from = { rank: -1, configurations: [{ state: history.initial, early: [] }] };
  const swept = sweep(history, { from, budget });
  if ('exceeded' in swept || swept.culprit === undefined) return undefined;
  const { cut, operations } = bestCut(history, swept.cuts, swept.culprit);
  const window = withoutBystanders(history, { from: cut, only: new Set(operations), budget });
  return window && { ...window, leadingUp: leadingUpTo(cut, swept.effective, history) };
}

/** How many operations are shown that are no part of the proof. */
const shownBefore = 2;

function leadingUpTo(
  { rank }: Cut<unknown>,
  effective: ReadonlySet<number>,
  { returnedAt }: ObjectHistory<unknown, unknown, unknown>,
): number[] {
  return [...effective]
    .filter((operation) => (returnedAt[operation] as number) <= rank)
    .sort((a, b) => (returnedAt[a] as number) - (returnedAt[b] as number))
    .slice(-shownBefore);
}

/** The cut with the least to read: few operations behind it, and few configurations before it. */
function bestCut<State>(
  history: ObjectHistory<State, unknown, unknown>,
  cuts: readonly Cut<State>[],
  culprit: number,
): { readonly cut: Cut<State>; readonly operations: readonly number[] } {
  const choices = cuts.map((cut) => ({ cut, operations: behind(history, cut, culprit) }));
  const costOf = ({ cut, operations }: (typeof choices)[number]) =>
    operations.length + cut.configurations.length;
  return choices.reduce((best, choice) => (costOf(choice) <= costOf(best) ? choice : best));
}

/** The operations that may take effect between a cut and the culprit's return. */
function behind<State>(
  { invokedAt, returnedAt }: ObjectHistory<State, unknown, unknown>,
  { rank, configurations }: Cut<State>,
  culprit: number,
): number[] {
  const end = returnedAt[culprit] as number;
  return [...invokedAt.keys()].filter(
    (operation) =>
      (invokedAt[operation] as number) < end &&
      (returnedAt[operation] as number) > rank &&
      configurations.some(({ early }) => !early.includes(operation)),
  );
}

/**
 * Leaves out, one by one, what changes nothing and without which the window fails all the same. What
 * changes the state stays: without it, others would look wrong that are not.
 */
function withoutBystanders<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  options: {
    readonly from: Cut<State>;
    readonly only: ReadonlySet<number>;
    readonly budget: Budget;
  },
): Omit<FailingWindow<State>, 'leadingUp'> | undefined {
  let only = options.only;
  let swept = failure(sweep(history, { ...options, only }));
  if (swept === undefined) return undefined;
  for (const operation of options.only) {
    if (operation === swept.culprit || swept.effective.has(operation)) continue;
    const fewer = new Set(only);
    fewer.delete(operation);
    const again = failure(sweep(history, { ...options, only: fewer }));
    if (again?.culprit !== swept.culprit) continue;
    only = fewer;
    swept = again;
  }
  const { culprit, statesMet } = swept;
  const operations = [...only].sort(
    (a, b) => (history.invokedAt[a] as number) - (history.invokedAt[b] as number),
  );
  return { operations, culprit, before: options.from.configurations, statesMet };
}

function failure<State>(swept: Swept<State>) {
  if ('exceeded' in swept || swept.culprit === undefined) return undefined;
  return { ...swept, culprit: swept.culprit };
}
