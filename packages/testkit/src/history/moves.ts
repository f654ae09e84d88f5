/**
 * Where candidates lead from a state.
 * @module
 */
import { type ObjectHistory, stepOutcomeOf } from './object-history.ts';

/** An operation that takes effect, and the state in which it leaves the object. */
export interface Move<State> {
  readonly operation: number;
  readonly state: State;
}

/**
 * Gives the moves that candidates allow.
 *
 * An operation that only looks, and can have seen this state, does so at once and is the only move:
 * whatever could come before it can come after it as well.
 */
export function moveFinder<State, Op, Result>({
  model,
  operations,
  onlyLooks,
}: ObjectHistory<State, Op, Result>): (
  state: State,
  candidates: readonly number[],
) => Move<State>[] {
  const outcomes = operations.map(stepOutcomeOf);
  return (state, candidates) => {
    const moves: Move<State>[] = [];
    for (const operation of candidates) {
      const { op } = operations[operation] as (typeof operations)[number];
      const outcome = outcomes[operation] as (typeof outcomes)[number];
      for (const next of model.step(state, op, outcome)) {
        const move = { operation, state: next };
        if (onlyLooks[operation] === 1) return [move];
        moves.push(move);
      }
    }
    return moves;
  };
}
