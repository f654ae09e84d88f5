/**
 * The search for an order: depth first, an operation at a time, back where it leads nowhere.
 *
 * Invariant: at every moment the operations on the path are an order that explains the results they
 * had, and the list holds exactly the operations of known outcome that are not on the path. When the
 * list is empty, the path explains the history. The path is an array, so a long history is no deep stack.
 *
 * @see J. M. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993: the search.
 * @see Gavin Lowe, "Testing for linearizability", 2017: remembering configurations, and the list.
 * @see https://github.com/anishathalye/porcupine: the same in Go.
 * @module
 */
import type { Bound, Budget } from './budget.ts';
import { Candidates } from './candidates.ts';
import { type Move, moveFinder } from './moves.ts';
import { keyFunction, type ObjectHistory } from './object-history.ts';
import { Visited } from './visited.ts';

/** What a search found. */
export type Found =
  /** An order that explains the results: numbers of operations. */
  | { readonly order: readonly number[] }
  /** There is none. */
  | { readonly order: undefined }
  | { readonly exceeded: Bound };

/** A point of the path: a state, and what may come next. */
interface Point<State> {
  readonly state: State;
  readonly moves: readonly Move<State>[];
  /** How many moves were tried. */
  tried: number;
}

/** Searches for an order that explains the history of one object. */
export function search<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  budget: Budget,
): Found {
  const keyOf = keyFunction<State>(history.model);
  const movesFrom = moveFinder(history);
  const candidates = new Candidates(history);
  const visited = new Visited(history);
  const path: Point<State>[] = [pointAt(history.initial)];

  while (!candidates.isComplete) {
    const point = path.at(-1);
    if (point === undefined) return { order: undefined };
    const bound = budget.step(visited.size);
    if (bound !== undefined) return { exceeded: bound };

    const move = point.moves[point.tried++];
    if (move === undefined) {
      path.pop();
      const before = path.at(-1);
      if (before !== undefined) takeBack(lastTried(before));
      continue;
    }
    const { operation, state } = move;
    visited.place(operation);
    if (!visited.visit(keyOf(state))) {
      visited.takeBack(operation);
      continue;
    }
    candidates.take(operation);
    path.push(pointAt(state));
  }
  return { order: path.slice(0, -1).map(lastTried) };

  function pointAt(state: State): Point<State> {
    return { state, moves: movesFrom(state, candidates.next()), tried: 0 };
  }

  function takeBack(operation: number): void {
    visited.takeBack(operation);
    candidates.putBack(operation);
  }
}

function lastTried({ moves, tried }: Point<unknown>): number {
  return (moves[tried - 1] as Move<unknown>).operation;
}
