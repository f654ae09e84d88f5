/**
 * A model: what one client alone would see of an object. The check asks whether many clients at once
 * saw what one could have seen.
 *
 * Invariant: a model is a pure function of states. It never changes a state that it was given, for the
 * check goes back to it and tries another order. Read next: models/register.ts, the smallest one.
 * @module
 */
import type { OkOutcome, Operation, UnknownOutcome } from './operation.ts';
import { valueText } from './value-text.ts';

/** The outcomes that a model meets: operations that failed without effect never get to it. */
export type StepOutcome<Result> = OkOutcome<Result> | UnknownOutcome;

/**
 * The rules of an object.
 *
 * @example
 * const flagModel: Model<boolean, 'raise' | 'isRaised', boolean> = {
 *   name: 'flag',
 *   initial: () => false,
 *   step(raised, op, outcome) {
 *     if (op === 'raise') return [true];
 *     return answered(outcome, raised) ? [raised] : [];
 *   },
 * };
 */
export interface Model<State, Op, Result> {
  /** What the object is called in an explanation: 'register'. */
  readonly name: string;

  /**
   * The state before the first operation.
   *
   * @param operations - the whole history of this object, for a model that can keep its state small
   *   when it knows what will be asked.
   */
  initial(operations: readonly Operation<Op, Result>[]): State;

  /**
   * The states in which `op` can leave the object, when it takes effect in `state` and comes out so.
   *
   * Empty when it cannot come out so in this state. One state for most models; more than one when the
   * outcome does not tell which, such as a claim whose reply was lost. That an operation of unknown
   * outcome may not take effect at all is the check's business, not the model's.
   */
  step(state: State, op: Op, outcome: StepOutcome<Result>): readonly State[];

  /**
   * Whether an operation that came out so leaves the object as it is, in whatever state it was: a read,
   * a compare-and-set that was refused. The check knows what to do with these and is much faster. Default: no.
   */
  onlyLooks?(op: Op, outcome: StepOutcome<Result>): boolean;

  /** Text that is the same for two states exactly when nothing can tell them apart. Default: the state, written out. */
  key?(state: State): string | number | bigint;

  /**
   * Which object the operation works on. Operations on different objects do not touch each other, so
   * each object is checked by itself, which is much faster. Default: all work on the same one.
   */
  partition?(op: Op): string | number | undefined;

  /**
   * Text that is the same for two operations only if they could be swapped: in every state they do the
   * same. The check then tries one of them, not both. Default: the operation, written out.
   *
   * @param initial - what `initial` answered.
   */
  opKey?(op: Op, initial: State): string;

  /** The operation in a few words, for the timeline: `write 8`. Default: the operation, written out. */
  describe?(op: Op): string;

  /** The state in a few words that follow the model's name: `holds 8`. Default `is` and its text. */
  describeState?(state: State): string;
}

/**
 * Whether a client can have got this outcome when the answer was `value`: yes when the outcome is
 * unknown, or is equal to it. For the models that you write.
 *
 * @example
 * answered({ status: 'ok', value: 3 }, 4);   // false
 * answered({ status: 'unknown' }, 4);        // true
 */
export function answered<Result>(outcome: StepOutcome<Result>, value: Result): boolean {
  if (outcome.status === 'unknown' || Object.is(outcome.value, value)) return true;
  return typeof value === 'object' && valueText(outcome.value) === valueText(value);
}

/**
 * Whether a client can have got this outcome where some stores say what happened and others say
 * nothing: as {@link answered}, but `undefined` goes with everything.
 */
export function answeredIfAtAll<Result>(
  outcome: StepOutcome<Result | undefined>,
  value: Result,
): boolean {
  return (outcome.status === 'ok' && outcome.value === undefined) || answered(outcome, value);
}

/** Whether the client was told, by this value, that nothing was changed. */
export function isRefusal(outcome: StepOutcome<unknown>, word: false | undefined): boolean {
  return outcome.status === 'ok' && outcome.value === word;
}
