/**
 * The history of one object, laid out for searching: operations as numbers, moments as ranks.
 *
 * Invariant: operations are numbered by invocation, those of known outcome first, then those of
 * unknown outcome. At equal times an invocation ranks before a return, so equal times mean concurrent.
 * @module
 */
import type { Model, StepOutcome } from './model.ts';
import type { Operation } from './operation.ts';
import { valueText } from './value-text.ts';

/** The rank of a return that never comes. */
export const never: number = 2 ** 31 - 1;

/** An object's operations; arrays are indexed by the operation's number. */
export interface ObjectHistory<State, Op, Result> {
  readonly model: Model<State, Op, Result>;
  readonly initial: State;
  readonly operations: readonly Operation<Op, Result>[];
  /** How many have a known outcome: numbers below this one. */
  readonly known: number;
  /** The rank of the invocation among all events. */
  readonly invokedAt: Int32Array;
  /** The rank of the return, or {@link never}. */
  readonly returnedAt: Int32Array;
  /**
   * Operations of one kin do the same and came out the same. It is enough to try the one that returned
   * first: an order that takes another before it stays right when the two are swapped.
   */
  readonly kinOf: Int32Array;
  /** 1 for an operation that leaves every state as it is. */
  readonly onlyLooks: Uint8Array;
  /** How many kins there are. */
  readonly kins: number;
  /** The events of the known operations by rank: the number for an invocation, its complement for a return. */
  readonly events: Int32Array;
}

/**
 * Lays out the operations of one object. Those that failed without effect must have been left out. A
 * look of unknown outcome says nothing and is left out here.
 */
export function layOut<State, Op, Result>(
  recorded: readonly Operation<Op, Result>[],
  model: Model<State, Op, Result>,
): ObjectHistory<State, Op, Result> {
  const looks = (operation: Operation<Op, Result>) =>
    model.onlyLooks?.(operation.op, stepOutcomeOf(operation)) ?? false;
  const byInvocation = recorded.toSorted((a, b) => a.invoked - b.invoked);
  const isKnown = ({ outcome }: Operation<Op, Result>) => outcome.status === 'ok';
  const operations = [
    ...byInvocation.filter(isKnown),
    ...byInvocation.filter((operation) => !isKnown(operation) && !looks(operation)),
  ];
  const known = operations.findLastIndex(isKnown) + 1;
  const initial = model.initial(byInvocation);
  const onlyLooks = Uint8Array.from(operations, (operation) => Number(looks(operation)));
  return { model, initial, operations, known, onlyLooks, ...rank(operations, known), ...findKin() };

  function findKin() {
    const opKey = model.opKey?.bind(model) ?? valueText;
    const kins = new Map<string, number>();
    const kinOf = Int32Array.from(operations, ({ op, outcome }) => {
      const answer = outcome.status === 'ok' ? valueText(outcome.value) : '?';
      const key = `${answer} ${opKey(op, initial)}`;
      const kin = kins.get(key) ?? kins.size;
      kins.set(key, kin);
      return kin;
    });
    return { kinOf, kins: kins.size };
  }
}

function rank(operations: readonly Operation<unknown, unknown>[], known: number) {
  const invocations = operations.map(({ invoked }, number) => ({ time: invoked, event: number }));
  const returns = operations
    .slice(0, known)
    .map(({ returned }, number) => ({ time: returned, event: ~number }));
  const sorted = [...invocations, ...returns].sort(
    (a, b) => a.time - b.time || Number(a.event < 0) - Number(b.event < 0),
  );
  const invokedAt = new Int32Array(operations.length);
  const returnedAt = new Int32Array(operations.length).fill(never);
  for (const [rank, { event }] of sorted.entries()) {
    if (event >= 0) invokedAt[event] = rank;
    else returnedAt[~event] = rank;
  }
  const events = sorted.map(({ event }) => event).filter((event) => event < known);
  return { invokedAt, returnedAt, events: Int32Array.from(events) };
}

/** The outcome as models meet it. */
export function stepOutcomeOf<Result>({
  outcome,
}: Operation<unknown, Result>): StepOutcome<Result> {
  return outcome.status === 'ok' ? outcome : unknownOutcome;
}

const unknownOutcome = { status: 'unknown' } as const;

/** The model's key of a state, or the default. */
export function keyFunction<State>(
  model: Pick<Model<State, never, never>, 'key'>,
): (state: State) => string | number | bigint {
  return model.key?.bind(model) ?? valueText;
}
