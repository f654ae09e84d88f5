/**
 * When a vote is decided, found by trying every way in which the open votes can come. Slow, and easy to
 * believe: it knows only what a decision means once everybody was heard.
 * @module
 */
import type { Decision, Needed } from '../src/quorum-decision.ts';

/** What a branch says; `nothing` once it is known that it will not vote. */
export type Said = 'yes' | 'no' | 'nothing';

export const answers: readonly Said[] = ['yes', 'no', 'nothing'];

/** The decision that all ways to go on lead to; undefined where they do not agree. */
export function certain(
  needed: Needed,
  branches: number,
  said: readonly Said[],
): Decision | undefined {
  if (said.length === branches) return final(needed, said);
  const ways = answers.map((next) => certain(needed, branches, [...said, next]));
  return ways.every((decision) => decision === ways[0]) ? ways[0] : undefined;
}

/** The decision once everybody was heard, in the words of its definition. */
function final(needed: Needed, said: readonly Said[]): Decision {
  const all = said.length;
  const yes = said.filter((answer) => answer === 'yes').length;
  const no = said.filter((answer) => answer === 'no').length;
  if (needed === 'majority') {
    if (yes > all / 2) return 'accepted';
    return yes === all / 2 && no === all / 2 ? 'tied' : 'rejected';
  }
  return yes >= (needed === 'all' ? all : needed) ? 'accepted' : 'rejected';
}
