/**
 * Five voters in real runs, whose votes come in every order: the decision is the same, and there with the
 * fewest votes that are enough for it.
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { expect, test } from 'vitest';
import { type Needed, quorum } from '../src/index.ts';
import { certain, type Said } from './vote-oracle.ts';

const voters = [0, 1, 2, 3, 4] as const;

/** What the five say, as the binary digits of a number. */
const sayings: readonly Said[][] = Array.from({ length: 32 }, (_, bits) =>
  voters.map((voter) => ((bits >> voter) & 1 ? 'yes' : 'no')),
);

/** Every seventh of them, with a voter or two who fail. */
const withFailures: readonly Said[][] = sayings
  .filter((_, number) => number % 7 === 0)
  .map((says, number) => says.map((said, voter) => ((number + voter) % 3 ? said : 'nothing')));

test.each<{ needed: Needed; who: string; all: readonly Said[][] }>([
  { needed: 'majority', who: 'who all vote', all: sayings },
  { needed: 'majority', who: 'of whom some fail', all: withFailures },
  { needed: 'all', who: 'who all vote', all: sayings.slice(28) },
  { needed: 1, who: 'who all vote', all: sayings.slice(0, 3) },
  { needed: 4, who: 'of whom some fail', all: withFailures.slice(2) },
])('five $who, $needed needed, decide alike in every order', async ({ needed, all }) => {
  for (const says of all) {
    const inTheEnd = certain(needed, voters.length, says);
    for (const order of permutations(voters)) {
      const clock = virtualClock({ autoAdvance: true });
      const flow = vote(clock, needed, order, says);
      const { startTime, endTime, ...result } = await endOf(flow, clock);
      const heard = (endTime.getTime() - startTime.getTime()) / 1000;
      const inOrder = order.map((voter) => says[voter] as Said);

      expect(result, `${says} in the order ${order}`).toMatchObject({
        status: 'Succeeded',
        outputs: { decision: inTheEnd },
      });
      expect(certain(needed, voters.length, inOrder.slice(0, heard))).toBe(inTheEnd);
      expect(certain(needed, voters.length, inOrder.slice(0, heard - 1))).toBeUndefined();
    }
  }
});

/** Each votes after as many seconds as its place in the order. */
function vote(
  clock: VirtualClock,
  needed: Needed,
  order: readonly number[],
  says: readonly Said[],
) {
  return workflow('Vote', (flow) =>
    quorum(flow, 'Ask', [], { needed, vote: (ok: boolean) => ok }, (branches) => {
      const voter = (index: number) =>
        branches.action(`Voter_${index}`, async ({ signal }) => {
          await clock.sleep((order.indexOf(index) + 1) * 1000, { signal });
          if (says[index] === 'nothing') throw new Error('Nobody answers.');
          return says[index] === 'yes';
        });
      return { a: voter(0), b: voter(1), c: voter(2), d: voter(3), e: voter(4) };
    }),
  );
}

/** Only what is asked for: making all of a result is most of the work. */
async function endOf(flow: ReturnType<typeof vote>, clock: VirtualClock) {
  const result = await start(flow, undefined, { clock }).finished;
  const { status, startTime, endTime } = result;
  return { status, startTime, endTime, outputs: status === 'Succeeded' && result.outputs };
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}
