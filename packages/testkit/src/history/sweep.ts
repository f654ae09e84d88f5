/**
 * Follows a history from left to right with everything that may be the case: finds the first return that
 * nothing explains, and what may have been the case before it.
 *
 * Invariant: after each return, the configurations are all those, up to ones that can do no more than
 * another, in which every operation that has returned took effect. So the return after which none is
 * left is the earliest evidence: what was invoked later has no part in it.
 * Read next: failing-window.ts, which cuts the window out of the history.
 *
 * @see Gavin Lowe, "Testing for linearizability", 2017: just-in-time linearization.
 * @module
 */
import type { Bound, Budget } from './budget.ts';
import { moveFinder } from './moves.ts';
import { keyFunction, type ObjectHistory } from './object-history.ts';

/** Something that may be the case. */
export interface Configuration<State> {
  readonly state: State;
  /** The operations that took effect although they have not returned, sorted. */
  readonly early: readonly number[];
}

/** The configurations after a return. */
export interface Cut<State> {
  /** The rank of the return; -1 before the first event. */
  readonly rank: number;
  readonly configurations: readonly Configuration<State>[];
}

/** What a sweep found. */
export type Swept<State> =
  | {
      /** The operation whose return nothing explains; undefined when everything is explained. */
      readonly culprit: number | undefined;
      /** The last cuts before it, oldest first. */
      readonly cuts: readonly Cut<State>[];
      /** The states that were met in looking for a place for the culprit. */
      readonly statesMet: readonly State[];
      /** The operations that changed a state anywhere. */
      readonly effective: ReadonlySet<number>;
    }
  | { readonly exceeded: Bound };

/** All ways in which one operation takes effect. */
type Place<State> =
  | {
      readonly configurations: readonly Configuration<State>[];
      readonly statesMet: readonly State[];
    }
  | { readonly exceeded: Bound };

/** What to sweep over. */
export interface SweepOptions<State> {
  /** Where to begin. */
  readonly from: Cut<State>;
  /** The operations that take part; default all. */
  readonly only?: ReadonlySet<number>;
  readonly budget: Budget;
}

/** How many cuts are kept. */
const keptCuts = 256;

/** Follows the history of one object. */
export function sweep<State, Op, Result>(
  history: ObjectHistory<State, Op, Result>,
  { from, only, budget }: SweepOptions<State>,
): Swept<State> {
  const { model, operations, known, invokedAt, returnedAt, kinOf } = history;
  const keyOf = keyFunction<State>(model);
  const movesFrom = moveFinder(history);
  const effective = new Set<number>();
  const takesPart = (operation: number) => only === undefined || only.has(operation);
  const byInvocation = [...operations.keys()]
    .filter(takesPart)
    .sort((a, b) => (invokedAt[a] as number) - (invokedAt[b] as number));
  const byReturn = byInvocation
    .filter((operation) => operation < known && (returnedAt[operation] as number) > from.rank)
    .sort((a, b) => (returnedAt[a] as number) - (returnedAt[b] as number));

  const cuts: Cut<State>[] = [from];
  let invoked = 0;
  /** What was invoked and has not returned. */
  let pending: number[] = [];
  for (const operation of byReturn) {
    const rank = returnedAt[operation] as number;
    for (; invoked < byInvocation.length; invoked++) {
      const next = byInvocation[invoked] as number;
      if ((invokedAt[next] as number) > rank) break;
      if ((returnedAt[next] as number) > from.rank) pending.push(next);
    }
    const before = (cuts.at(-1) as Cut<State>).configurations;
    const place = findPlace(operation, before);
    if ('exceeded' in place) return place;
    const { configurations, statesMet } = place;
    if (configurations.length === 0) return { culprit: operation, cuts, statesMet, effective };
    cuts.push({ rank, configurations });
    if (cuts.length > keptCuts) cuts.shift();
    pending = pending.filter((other) => other !== operation);
  }
  return { culprit: undefined, cuts, statesMet: [], effective };

  /** All ways in which the operation takes effect before it returns. */
  function findPlace(operation: number, before: readonly Configuration<State>[]): Place<State> {
    const met = new Map<string | number | bigint, State>();
    const survivors = new Minimal<State>(known);
    const visited = new Minimal<State>(known);
    const stack: Configuration<State>[] = [];
    for (const configuration of before) {
      const { state, early } = configuration;
      if (early.includes(operation)) survivors.add(keyOf(state), without(configuration, operation));
      else if (visited.add(keyOf(state), configuration)) stack.push(configuration);
    }
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const bound = budget.step(visited.size + survivors.size);
      if (bound !== undefined) return { exceeded: bound };
      const { state, early } = at;
      const key = keyOf(state);
      met.set(key, state);
      for (const { operation: moved, state: next } of movesFrom(state, candidatesFor(early))) {
        const nextKey = keyOf(next);
        if (nextKey !== key) effective.add(moved);
        if (moved === operation) {
          survivors.add(nextKey, { state: next, early });
        } else {
          const reached = { state: next, early: [...early, moved].sort((a, b) => a - b) };
          if (visited.add(nextKey, reached)) stack.push(reached);
        }
      }
    }
    return { configurations: survivors.all(), statesMet: [...met.values()] };
  }

  /** Of each kin the one that returns first, as in candidates.ts. */
  function candidatesFor(early: readonly number[]): number[] {
    const first = new Map<number, number>();
    for (const operation of pending) {
      if (early.includes(operation)) continue;
      const kin = kinOf[operation] as number;
      const rival = first.get(kin);
      if (
        rival === undefined ||
        (returnedAt[operation] as number) < (returnedAt[rival] as number)
      ) {
        first.set(kin, operation);
      }
    }
    return [...first.values()];
  }
}

function without<State>(
  { state, early }: Configuration<State>,
  operation: number,
): Configuration<State> {
  return { state, early: early.filter((other) => other !== operation) };
}

/** Configurations, without those that can do no more than another: see visited.ts. */
class Minimal<State> {
  readonly #known: number;
  readonly #byKey = new Map<string, Configuration<State>[]>();
  size = 0;

  constructor(known: number) {
    this.#known = known;
  }

  /** False when it is not worth keeping. */
  add(stateKey: string | number | bigint, configuration: Configuration<State>): boolean {
    const { early } = configuration;
    const key = `${early.filter((operation) => operation < this.#known).join()} ${stateKey}`;
    const others = this.#byKey.get(key) ?? [];
    const mine = new Set(early);
    if (others.some((other) => other.early.every((operation) => mine.has(operation)))) return false;
    others.push(configuration);
    this.#byKey.set(key, others);
    this.size++;
    return true;
  }

  all(): Configuration<State>[] {
    return [...this.#byKey.values()].flat();
  }
}
