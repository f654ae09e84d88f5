/**
 * Judges a history: could one client after the other have seen what these clients saw at once?
 *
 * A history is linearizable when each operation can be given a moment between its invocation and its
 * return, so that in the order of these moments the model gives every result that was seen.
 *
 * Invariant: the verdict is exact. `true` comes with the order, `false` after all orders were looked at,
 * and what was not finished is 'unknown'.
 * Read next: search.ts for the search, failing-window.ts for what is shown when there is no order.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { type Bound, Budget } from './budget.ts';
import { explain } from './explain.ts';
import { findFailingWindow } from './failing-window.ts';
import { HistoryError } from './history-error.ts';
import type { Model } from './model.ts';
import { layOut, type ObjectHistory } from './object-history.ts';
import { assertOperation, type Operation } from './operation.ts';
import { search } from './search.ts';

/** Options of {@link checkHistory}. */
export interface CheckOptions<Op> {
  /**
   * Which object an operation works on, in place of the model's own rule; objects that do not touch
   * each other are checked one by one, which is much faster.
   */
  readonly partitionBy?: (op: Op) => string | number | undefined;
  /** How long the check may take. It is one call that does not wait, so nothing else runs meanwhile. Default '1m'. */
  readonly timeLimit?: Duration;
  /** How many configurations it may keep in memory; a million takes about 200 MB. Default 4,000,000. */
  readonly mostConfigurations?: number;
  /** Where the time limit is read. Default the system's clock. */
  readonly clock?: Clock;
}

/** The history can be explained. */
export interface Linearizable<Op, Result> {
  readonly linearizable: true;
  /** For each object an order that explains its results. Operations of unknown outcome that it does not need are left out. */
  readonly orders: readonly (readonly Operation<Op, Result>[])[];
  /** How many steps the search took. */
  readonly steps: number;
}

/** The history cannot be explained. */
export interface NotLinearizable<Op, Result> {
  readonly linearizable: false;
  /** The object whose operations cannot be explained, where there are several. */
  readonly partition: string | number | undefined;
  /**
   * The smallest window of neighbouring operations that shows it, in the order of their invocation. When the
   * budget did not suffice to find it, all operations of the object.
   */
  readonly window: readonly Operation<Op, Result>[];
  /** The operation of the window whose return nothing explains; undefined when the budget did not suffice. */
  readonly culprit: Operation<Op, Result> | undefined;
  /** Why it cannot be, for people: what was the case before, a timeline of the window, and the culprit. */
  readonly explanation: string;
  readonly steps: number;
}

/** The budget did not suffice. */
export interface Undecided {
  readonly linearizable: 'unknown';
  /** The bound that was met: `timeLimit` or `mostConfigurations`. */
  readonly exceeded: Bound;
  readonly explanation: string;
  readonly steps: number;
}

/** What {@link checkHistory} says. */
export type Verdict<Op, Result> =
  | Linearizable<Op, Result>
  | NotLinearizable<Op, Result>
  | Undecided;

/**
 * Checks whether a history is linearizable.
 *
 * The problem is NP-complete: what costs is how many operations of unlike effect run at once, and how many outcomes
 * are unknown, not how many operations there are. Ten clients and 10,000 operations take a fraction of a
 * second.
 *
 * @throws {HistoryError} `HISTORY_INVALID`: times that make no sense, or a bound that is no number above 0.
 * @throws {DurationError} `DURATION_INVALID`: `timeLimit` is not a duration.
 * @example
 * const verdict = checkHistory(history.operations, registerModel({ initial: 0 }));
 * if (verdict.linearizable !== true) throw new Error(verdict.explanation);
 */
export function checkHistory<State, Op, Result>(
  operations: readonly Operation<NoInfer<Op>, NoInfer<Result>>[],
  model: Model<State, Op, Result>,
  options: CheckOptions<NoInfer<Op>> = {},
): Verdict<Op, Result> {
  const { clock = systemClock, mostConfigurations = 4_000_000, timeLimit = '1m' } = options;
  if (!(mostConfigurations > 0)) {
    throw new HistoryError(`mostConfigurations: ${mostConfigurations} is not a number above 0.`);
  }
  const budget = new Budget(clock, parseDuration(timeLimit, 'timeLimit'), mostConfigurations);
  for (const [index, operation] of operations.entries()) assertOperation(operation, index);

  const partitionBy = options.partitionBy ?? model.partition?.bind(model) ?? (() => undefined);
  const orders: Operation<Op, Result>[][] = [];
  for (const [partition, part] of partitionsOf(operations, partitionBy)) {
    const history = layOut(part, model);
    const found = search(history, budget);
    if ('exceeded' in found) return undecided(found.exceeded, budget);
    if (found.order === undefined) return refused(history, budget, partition);
    orders.push(found.order.map((number) => operationOf(history, number)));
  }
  return { linearizable: true, orders, steps: budget.steps };
}

/** The operations by object, in the order in which the objects are met; what had no effect is left out. */
function partitionsOf<Op, Result>(
  operations: readonly Operation<Op, Result>[],
  partitionBy: (op: Op) => string | number | undefined,
): Map<string | number | undefined, Operation<Op, Result>[]> {
  const parts = new Map<string | number | undefined, Operation<Op, Result>[]>();
  for (const operation of operations) {
    if (operation.outcome.status === 'failed') continue;
    const partition = partitionBy(operation.op);
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [operation]);
    else part.push(operation);
  }
  return parts;
}

function refused<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  budget: Budget,
  partition: string | number | undefined,
): NotLinearizable<Op, Result> {
  const window = findFailingWindow(history, budget);
  const { steps } = budget;
  if (window === undefined) {
    const explanation =
      `Not linearizable: no order of all ${history.operations.length} operations explains their results. ` +
      'The budget did not suffice to find the smallest failing window: raise timeLimit or mostConfigurations.';
    const { operations } = history;
    const culprit = undefined;
    return { linearizable: false, partition, window: operations, culprit, explanation, steps };
  }
  return {
    linearizable: false,
    partition,
    window: window.operations.map((number) => operationOf(history, number)),
    culprit: operationOf(history, window.culprit),
    explanation: explain(history, window, partition),
    steps,
  };
}

function undecided(exceeded: Bound, { steps }: Budget): Undecided {
  const option = exceeded === 'time' ? 'timeLimit' : 'mostConfigurations';
  const explanation =
    `Undecided after ${steps} steps: ${option} does not suffice. Raise it, partition the history, ` +
    'or record fewer clients and fewer unknown outcomes.';
  return { linearizable: 'unknown', exceeded, explanation, steps };
}

function operationOf<Op, Result>(
  { operations }: ObjectHistory<unknown, Op, Result>,
  number: number,
): Operation<Op, Result> {
  return operations[number] as Operation<Op, Result>;
}
