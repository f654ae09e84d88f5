/**
 * The mini quorum: decided as early as possible, the rest cancelled, the decision never changed.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { event, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { quorum } from './mini-quorum.ts';
import { outline } from './outline.ts';

const vote = event<boolean>('vote');
const voters = ['Ann', 'Bob', 'Cid', 'Dee', 'Eve'];

/** Five people are asked; three must agree. */
const approval = workflow('Approval', (flow) => {
  const asked = quorum(
    flow,
    'Ask',
    [],
    (people) => {
      for (const name of voters) people.waitFor(name, [], vote, { correlate: () => name });
    },
    { needed: 3 },
  );
  return flow.action('Tell', [asked], ([asked]) => asked);
});

function ask() {
  const clock = virtualClock();
  const run = start(approval, undefined, { clock });
  return { clock, run };
}

describe('a quorum on the extension point', () => {
  it('accepts with the third yes, and cancels who has not answered', async () => {
    const { clock, run } = ask();
    await clock.advance('1m');
    for (const [name, answer] of [
      ['Eve', true],
      ['Bob', false],
      ['Ann', true],
    ] as const) {
      await run.signal(vote, answer, { correlate: name });
      expect(run.status).toBeUndefined();
    }
    await run.signal(vote, true, { correlate: 'Dee' });
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: { decision: 'accepted', yes: ['Eve', 'Ann', 'Dee'], no: ['Bob'] },
    });
    // Who was not needed any more is no failure that somebody had to handle.
    expect(result.handledFailures).toEqual([]);
    expect(outline(result.results)).toEqual({
      Ask: 'Succeeded',
      'Ask/Ann': 'Succeeded',
      'Ask/Bob': 'Succeeded',
      'Ask/Cid': 'Cancelled QUORUM_DECIDED',
      'Ask/Dee': 'Succeeded',
      'Ask/Eve': 'Succeeded',
      Tell: 'Succeeded',
    });
  });

  it('rejects as soon as three can no longer be had', async () => {
    const { clock, run } = ask();
    await clock.advance('1m');
    for (const name of ['Ann', 'Bob', 'Cid']) await run.signal(vote, false, { correlate: name });

    expect(await run.finished).toMatchObject({
      outputs: { decision: 'rejected', yes: [], no: ['Ann', 'Bob', 'Cid'] },
    });
  });

  it('decides the same in every order of five answers, with the fewest of them', async () => {
    const answers = new Map(voters.map((name, index) => [name, index !== 1]));
    for (const order of permutations(voters)) {
      const { clock, run } = ask();
      await clock.advance('1m');
      let asked = 0;
      while (run.status === undefined) {
        const name = order[asked++] as string;
        await run.signal(vote, answers.get(name) as boolean, { correlate: name });
        await clock.advance(0);
      }
      const fewest = order.findIndex(
        (_, last) => order.slice(0, last + 1).filter((name) => answers.get(name)).length === 3,
      );
      expect(asked, order.join()).toBe(fewest + 1);
      expect(await run.finished).toMatchObject({ outputs: { decision: 'accepted' } });
    }
  });

  it('counts a voter who fails or is too late as a no', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Machines', (flow) =>
      quorum(
        flow,
        'Ask',
        [],
        (machines) => {
          machines.action('Broken', (): boolean => {
            throw new Error('no power');
          });
          machines.waitFor('Late', [], vote, { timeout: '1d' });
          machines.action('Fine', () => true);
        },
        { needed: 2 },
      ),
    );

    expect(await start(flow, undefined, { clock }).finished).toMatchObject({
      status: 'Succeeded',
      outputs: { decision: 'rejected', yes: ['Fine'], no: ['Broken', 'Late'] },
    });
  });

  it('that is cancelled by its run decides nothing', async () => {
    const { clock, run } = ask();
    await clock.advance('1m');
    await run.signal(vote, true, { correlate: 'Ann' });
    run.cancel();
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(outline(results)).toMatchObject({
      Ask: 'Cancelled RUN_CANCELLED',
      'Ask/Ann': 'Succeeded',
      'Ask/Bob': 'Cancelled RUN_CANCELLED',
    });
  });
});

function permutations(names: readonly string[]): string[][] {
  if (names.length === 0) return [[]];
  return names.flatMap((first) =>
    permutations(names.filter((name) => name !== first)).map((rest) => [first, ...rest]),
  );
}
