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
import { keyFunction, type ObjectHistory, stepOutcomeOf } from './object-history.ts';
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
  readonly next: readonly number[];
  /** Which candidate is tried; -1 before the first. */
  tried: number;
  /** The states to which that candidate leads, and how many of them were tried. */
  successors: readonly State[];
  triedSuccessors: number;
}

/** Searches for an order that explains the history of one object. */
export function search<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  budget: Budget,
): Found {
  const { model, operations } = history;
  const keyOf = keyFunction<State>(model);
  const outcomes = operations.map(stepOutcomeOf);
  const candidates = new Candidates(history);
  const visited = new Visited(history);
  const path: Point<State>[] = [pointAt(history.initial)];

  while (!candidates.isComplete) {
    const point = path.at(-1);
    if (point === undefined) return { order: undefined };
    const bound = budget.step(visited.size);
    if (bound !== undefined) return { exceeded: bound };

    if (!advance(point)) {
      path.pop();
      const before = path.at(-1);
      if (before !== undefined) takeBack(triedAt(before));
      continue;
    }
    const operation = triedAt(point);
    const state = point.successors[point.triedSuccessors - 1] as State;
    visited.place(operation);
    if (!visited.visit(keyOf(state))) {
      visited.takeBack(operation);
      continue;
    }
    candidates.take(operation);
    path.push(pointAt(state));
  }
  return { order: path.slice(0, -1).map(triedAt) };

  function pointAt(state: State): Point<State> {
    return { state, next: candidates.next(), tried: -1, successors: [], triedSuccessors: 0 };
  }

  /** Goes to the next state that a candidate leads to; false when there is none left. */
  function advance(point: Point<State>): boolean {
    while (point.triedSuccessors === point.successors.length) {
      if (++point.tried === point.next.length) return false;
      const operation = operations[triedAt(point)] as (typeof operations)[number];
      const outcome = outcomes[triedAt(point)] as (typeof outcomes)[number];
      point.successors = model.step(point.state, operation.op, outcome);
      point.triedSuccessors = 0;
    }
    point.triedSuccessors++;
    return true;
  }

  function takeBack(operation: number): void {
    visited.takeBack(operation);
    candidates.putBack(operation);
  }
}

function triedAt({ next, tried }: Point<unknown>): number {
  return next[tried] as number;
}
