/**
 * When a vote is decided, and how: nothing but counting.
 *
 * Invariant: the decision depends on the votes alone, never on their order, and is there as soon as no
 * vote that is still open could change it.
 * @module
 */

/** How a vote can end. */
export type Decision =
  /** As many as needed said yes. */
  | 'accepted'
  /** As many yes as needed cannot be had any more: too many said no, or did not vote. */
  | 'rejected'
  /** Everybody voted, one half yes and the other half no, and a majority was needed. */
  | 'tied'
  /** The quorum's own `timeout` passed before it was decided. */
  | 'timed-out';

/** How many must say yes: a number, more than half of all branches, or all of them. */
export type Needed = number | 'majority' | 'all';

/** How far a vote has come. */
export interface Count {
  readonly branches: number;
  readonly yes: number;
  readonly no: number;
  /** Have not voted yet, and still may. The rest of the branches will not vote. */
  readonly open: number;
}

/** How many yes it takes. Who does not vote counts among the branches: a majority is one of all. */
export function yesNeeded(needed: Needed, branches: number): number {
  switch (needed) {
    case 'majority':
      return Math.floor(branches / 2) + 1;
    case 'all':
      return branches;
    default:
      return needed;
  }
}

/** What the votes decide; undefined while an open vote can change it. */
export function decisionOf(needed: Needed, count: Count): Decision | undefined {
  const { branches, yes, no, open } = count;
  const accepting = yesNeeded(needed, branches);
  if (yes >= accepting) return 'accepted';
  if (yes + open >= accepting) return undefined;
  const isHalfNo = no === branches / 2 && yes + open === branches / 2;
  if (needed !== 'majority' || !isHalfNo) return 'rejected';
  return open === 0 ? 'tied' : undefined;
}
