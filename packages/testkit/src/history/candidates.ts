/**
 * Which operations may come next on a path: those invoked before any open operation returned.
 *
 * Invariant: leaving one out never hides an order. Of each kin only the one that returns first is
 * tried. Operations of unknown outcome are tried last, so that they take effect only where nothing else
 * goes on; a kin of these needs no list, for they take effect in the order of invocation.
 * @module
 */
import type { ObjectHistory } from './object-history.ts';
import { OpenEvents } from './open-events.ts';

/** The candidates along a path that grows and shrinks at its end. */
export class Candidates {
  readonly #history: ObjectHistory<unknown, unknown, unknown>;
  readonly #open: OpenEvents;
  /** The operations of unknown outcome, kin by kin, and how many of each took effect. */
  readonly #unknown: ReadonlyMap<number, { readonly operations: number[]; taken: number }>;
  /** By kin: the candidate that returns first, in the round whose number stands beside it. */
  readonly #best: Int32Array;
  readonly #roundOf: Int32Array;
  #round = 0;

  constructor(history: ObjectHistory<unknown, unknown, unknown>) {
    this.#history = history;
    this.#open = new OpenEvents(history.events);
    this.#unknown = unknownByKin(history);
    this.#best = new Int32Array(history.kins);
    this.#roundOf = new Int32Array(history.kins);
  }

  /** Whether every operation of known outcome is on the path. */
  get isComplete(): boolean {
    return this.#open.isEmpty;
  }

  /** Puts an operation at the end of the path. */
  take(operation: number): void {
    const kin = this.#unknownKinOf(operation);
    if (kin === undefined) this.#open.take(operation);
    else kin.taken++;
  }

  /** Takes the last one off the path. */
  putBack(operation: number): void {
    const kin = this.#unknownKinOf(operation);
    if (kin === undefined) this.#open.putBack(operation);
    else kin.taken--;
  }

  /** What may come next, in the order in which to try it. */
  next(): readonly number[] {
    const { known, invokedAt, returnedAt } = this.#history;
    const concurrent: number[] = [];
    const firstToReturn = this.#open.concurrent(concurrent);
    if (firstToReturn === undefined) return concurrent;
    const candidates = concurrent.length === 1 ? concurrent : this.#firstOfEachKin(concurrent);
    if (known === invokedAt.length) return candidates;
    const end = returnedAt[firstToReturn] as number;
    for (const { operations, taken } of this.#unknown.values()) {
      const next = operations[taken];
      if (next !== undefined && (invokedAt[next] as number) < end) candidates.push(next);
    }
    return candidates;
  }

  #firstOfEachKin(concurrent: readonly number[]): number[] {
    const { kinOf, returnedAt } = this.#history;
    const round = ++this.#round;
    for (const operation of concurrent) {
      const kin = kinOf[operation] as number;
      const rival = this.#roundOf[kin] === round ? this.#best[kin] : undefined;
      if (
        rival === undefined ||
        (returnedAt[operation] as number) < (returnedAt[rival] as number)
      ) {
        this.#best[kin] = operation;
      }
      this.#roundOf[kin] = round;
    }
    return concurrent.filter((operation) => this.#best[kinOf[operation] as number] === operation);
  }

  #unknownKinOf(operation: number) {
    const { known, kinOf } = this.#history;
    return operation < known ? undefined : this.#unknown.get(kinOf[operation] as number);
  }
}

function unknownByKin({ operations, known, kinOf }: ObjectHistory<unknown, unknown, unknown>) {
  const byKin = new Map<number, { operations: number[]; taken: number }>();
  for (let operation = known; operation < operations.length; operation++) {
    const kin = kinOf[operation] as number;
    const others = byKin.get(kin);
    if (others === undefined) byKin.set(kin, { operations: [operation], taken: 0 });
    else others.operations.push(operation);
  }
  return byKin;
}
