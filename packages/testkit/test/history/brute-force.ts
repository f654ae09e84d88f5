/**
 * Linearizability by its definition and nothing else: try every order of every choice of the unknown
 * operations. Slow, and too simple to be wrong.
 * @module
 */
import type { Model, Operation } from '../../src/index.ts';

/**
 * Whether some order explains a small history.
 *
 * @param until - looks at the history as it was at this moment: what was invoked later is not there yet,
 *   and what returned later may or may not have happened. Default: when all is over.
 */
export function isLinearizable<State, Op, Result>(
  operations: readonly Operation<Op, Result>[],
  model: Model<State, Op, Result>,
  until = Number.MAX_VALUE,
): boolean {
  const begun = operations.filter(
    ({ outcome, invoked }) => outcome.status !== 'failed' && invoked <= until,
  );
  return canEnd(begun, model.initial(operations));

  function canEnd(open: readonly Operation<Op, Result>[], state: State): boolean {
    if (open.every(({ returned }) => returned > until)) return true;
    return open.some((next) => {
      const { op, outcome, invoked } = next;
      if (outcome.status === 'failed') return false;
      if (open.some(({ returned }) => returned < invoked)) return false;
      const rest = open.filter((other) => other !== next);
      return model.step(state, op, outcome).some((after) => canEnd(rest, after));
    });
  }
}
