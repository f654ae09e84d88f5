/** When a vote is decided, against an oracle that tries every way in which the open votes can come. */
import { describe, expect, test } from 'vitest';
import { type Decision, decisionOf, type Needed } from '../src/quorum-decision.ts';
import { answers, certain, type Said } from './vote-oracle.ts';

describe('the decision', () => {
  test.each([1, 2, 3, 4, 5, 6])('of %i branches is there as early as it is certain', (branches) => {
    for (const needed of everyNeeded(branches)) {
      for (const said of votesOf(branches)) {
        expect(decided(needed, branches, said), `${needed}: ${said}`).toBe(
          certain(needed, branches, said),
        );
      }
    }
  });

  test.each([1, 2, 3, 4, 5])('of %i branches never changes as more votes come', (branches) => {
    for (const needed of everyNeeded(branches)) {
      for (const said of votesOf(branches)) {
        const decision = decided(needed, branches, said);
        if (decision === undefined) continue;
        const more = answers.map((next) => decided(needed, branches, [...said, next]));
        if (said.length < branches) expect(more).toEqual([decision, decision, decision]);
      }
    }
  });

  test.each<{ needed: Needed; votes: string; decision: Decision | undefined }>([
    { needed: 'majority', votes: 'yy...', decision: undefined },
    { needed: 'majority', votes: 'yyy..', decision: 'accepted' },
    { needed: 'majority', votes: 'nnn..', decision: 'rejected' },
    // A majority is one of all branches: who does not vote is no yes.
    { needed: 'majority', votes: 'yy--.', decision: undefined },
    { needed: 'majority', votes: 'yy---', decision: 'rejected' },
    { needed: 'majority', votes: '---..', decision: 'rejected' },
    { needed: 'majority', votes: 'n--..', decision: 'rejected' },
    { needed: 'majority', votes: 'yynn', decision: 'tied' },
    // Two no of four may still become a tie.
    { needed: 'majority', votes: 'nn..', decision: undefined },
    { needed: 'majority', votes: 'nny.', decision: undefined },
    { needed: 'majority', votes: 'nn-.', decision: 'rejected' },
    { needed: 'majority', votes: 'yn-.', decision: 'rejected' },
    { needed: 'all', votes: 'yyyy.', decision: undefined },
    { needed: 'all', votes: 'n....', decision: 'rejected' },
    { needed: 'all', votes: 'yyyyy', decision: 'accepted' },
    { needed: 'all', votes: 'yyyy-', decision: 'rejected' },
    { needed: 2, votes: 'nnyy.', decision: 'accepted' },
    { needed: 2, votes: 'nnn..', decision: undefined },
    { needed: 2, votes: 'nnnn.', decision: 'rejected' },
    { needed: 2, votes: 'yn---', decision: 'rejected' },
    { needed: 1, votes: '-', decision: 'rejected' },
  ])('of $votes, $needed needed, is $decision', ({ needed, votes, decision }) => {
    const said = [...votes.replaceAll('.', '')].map((sign) => meanings[sign] as Said);
    expect(decided(needed, votes.length, said)).toBe(decision);
  });
});

const meanings: Readonly<Record<string, Said>> = { y: 'yes', n: 'no', '-': 'nothing' };

function decided(needed: Needed, branches: number, said: readonly Said[]): Decision | undefined {
  const count = (what: Said) => said.filter((answer) => answer === what).length;
  const open = branches - said.length;
  return decisionOf(needed, { branches, yes: count('yes'), no: count('no'), open });
}

function everyNeeded(branches: number): Needed[] {
  return ['majority', 'all', ...Array.from({ length: branches }, (_, index) => index + 1)];
}

/** Every sequence of answers of at most so many branches. */
function votesOf(branches: number): Said[][] {
  if (branches === 0) return [[]];
  return [[], ...votesOf(branches - 1).flatMap((rest) => answers.map((next) => [next, ...rest]))];
}
