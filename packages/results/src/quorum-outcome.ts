/**
 * What a quorum hands over.
 * @module
 */
import type { ActionError, Status } from '@runafter/core';
import type { Decision } from './quorum-decision.ts';

/** A branch that has no vote, and why. */
export interface NotVoted<B extends string = string> {
  readonly branch: B;
  /** How it ended: `Cancelled` with QUORUM_DECIDED where nobody waited for it any more. */
  readonly status: Status;
  readonly error: ActionError;
}

/** What a quorum hands over. V: what each branch hands over, by its name. */
export interface Quorum<V = Readonly<Record<string, unknown>>> {
  /** Once it is made it never changes, also when later votes would have made another. */
  readonly decision: Decision;
  /** How many yes it took. */
  readonly needed: number;
  /** What those handed over that voted. With `rest: 'finish'` also those that voted after the decision. */
  readonly votes: Readonly<Partial<V>>;
  /** Who said yes, in the order of the body. */
  readonly yes: readonly NameIn<V>[];
  readonly no: readonly NameIn<V>[];
  readonly notVoted: readonly NotVoted<NameIn<V>>[];
}

/** The names of the branches. */
export type NameIn<V> = Extract<keyof V, string>;
