/** A quorum in runs: what it hands over, whom it stops, and what can happen to it. */
import { virtualClock } from '@runafter/clock';
import { describe as describeFlow, event, type RunEvent, start, workflow } from '@runafter/core';
import { describe, expect, test } from 'vitest';
import { type Quorum, type QuorumOptions, quorum } from '../src/index.ts';

interface Answer {
  readonly approved: boolean;
}

const answer = event<Answer>('answer');
const people = ['ann', 'bob', 'cid'] as const;

type Options = Omit<QuorumOptions<Answer>, 'vote'>;

/** Three people are asked; each has a day. */
function approval(options: Options) {
  return workflow('Approval', (flow) => {
    const asked = quorum(
      flow,
      'Ask',
      [],
      { vote: ({ approved }: Answer) => approved, ...options },
      (branches) => {
        const ask = (name: string) =>
          branches.waitFor(name, [], answer, { correlate: () => name, timeout: '1d' });
        return { ann: ask('ann'), bob: ask('bob'), cid: ask('cid') };
      },
    );
    return flow.action('Tell', [asked], ([asked]) => asked);
  });
}

async function ask(
  options: Options,
  answers: readonly [string, boolean][],
  clock = virtualClock(),
) {
  const run = start(approval(options), undefined, { clock });
  for (const [correlate, approved] of answers) {
    await clock.advance('1h');
    await run.signal(answer, { approved }, { correlate });
  }
  await clock.advance('1h');
  return { run, clock };
}

async function outcomeOf(run: { readonly finished: Promise<object> }): Promise<Quorum> {
  const result = await run.finished;
  expect(result).toMatchObject({ status: 'Succeeded' });
  return (result as { readonly outputs: Quorum }).outputs;
}

describe('a quorum', () => {
  test('hands over the decision, the votes by name, and who has not voted and why', async () => {
    const { run } = await ask({ needed: 'majority' }, [
      ['cid', true],
      ['ann', true],
    ]);

    expect(await outcomeOf(run)).toEqual({
      decision: 'accepted',
      needed: 2,
      votes: { ann: { approved: true }, cid: { approved: true } },
      yes: ['ann', 'cid'],
      no: [],
      notVoted: [
        {
          branch: 'bob',
          status: 'Cancelled',
          error: { code: 'QUORUM_DECIDED', message: '"Ask" is decided: accepted.' },
        },
      ],
    });
    expect((await run.finished).handledFailures).toEqual([]);
  });

  test("with rest: 'finish' goes on to hear the others, and keeps its decision", async () => {
    const { run, clock } = await ask({ needed: 1, rest: 'finish' }, [
      ['bob', true],
      ['ann', false],
    ]);
    expect(run.status).toBeUndefined();
    await clock.advance('1d');

    expect(await outcomeOf(run)).toMatchObject({
      decision: 'accepted',
      votes: { ann: { approved: false }, bob: { approved: true } },
      yes: ['bob'],
      no: ['ann'],
      notVoted: [{ branch: 'cid', status: 'TimedOut' }],
    });
  });

  test('is not failed by branches that fail, are too late, are skipped, or cannot be read', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Machines', (flow) =>
      quorum(
        flow,
        'Ask',
        [],
        { needed: 'majority', vote: (ok: boolean) => ok, rest: 'finish' },
        (machines) => {
          const power = machines.action('Power', (): boolean => {
            throw Object.assign(new Error('no power'), { code: 'NO_POWER' });
          });
          return {
            broken: power,
            after: machines.action('After', [power], ([power]) => power),
            late: machines.waitFor('Late', [], event<boolean>('late'), { timeout: '1d' }),
            odd: machines.action('Odd', () => 'yes' as unknown as boolean),
            fine: machines.action('Fine', () => true),
          };
        },
      ),
    );

    expect(await outcomeOf(start(flow, undefined, { clock }))).toMatchObject({
      decision: 'rejected',
      needed: 3,
      votes: { fine: true },
      yes: ['fine'],
      no: [],
      notVoted: [
        { branch: 'broken', status: 'Failed', error: { code: 'NO_POWER', message: 'no power' } },
        { branch: 'after', status: 'Skipped', error: { code: 'RUN_AFTER_NOT_MET' } },
        { branch: 'late', status: 'TimedOut' },
        { branch: 'odd', status: 'Succeeded', error: { code: 'VOTE_INVALID' } },
      ],
    });
  });

  test.each([
    ['throws', () => JSON.parse('{'), 'vote of the output of "A" threw: '],
    ['returns a promise', async () => true, 'vote of the output of "A" returned a Promise'],
    ['is async and throws', async () => JSON.parse('{'), 'returned a Promise'],
  ])('takes a branch for silent when vote %s, and says so', async (_, vote, message) => {
    const flow = workflow('Odd', (flow) =>
      quorum(flow, 'Ask', [], { needed: 1, vote: vote as () => boolean }, (branches) => ({
        a: branches.action('A', () => 1),
      })),
    );

    const { decision, notVoted } = await outcomeOf(start(flow, undefined));
    expect(decision).toBe('rejected');
    expect(notVoted[0]?.error.message).toContain(message);
  });

  test('asks vote once of each branch', async () => {
    const asked: string[] = [];
    const flow = workflow('Once', (flow) =>
      quorum(
        flow,
        'Ask',
        [],
        { needed: 'all', vote: (name: string) => asked.push(name) > 0 },
        (branches) => ({
          a: branches.action('A', () => 'a'),
          b: branches.action('B', () => 'b'),
          c: branches.action('C', () => 'c'),
        }),
      ),
    );

    expect(await outcomeOf(start(flow, undefined))).toMatchObject({ decision: 'accepted' });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  test('may have actions that prepare the votes and have none themselves', async () => {
    const flow = workflow('Prepared', (flow) =>
      quorum(flow, 'Ask', [], { needed: 'all', vote: (n: number) => n > 1 }, (branches) => {
        const price = branches.action('Price', () => 2);
        return {
          a: branches.action('A', [price], ([price]) => price),
          b: branches.scope('B', [price], (scope, [price]) =>
            scope.action('Deep', [price], ([price]) => price + 1),
          ),
        };
      }),
    );

    expect(await outcomeOf(start(flow, undefined))).toMatchObject({
      decision: 'accepted',
      votes: { a: 2, b: 3 },
      notVoted: [],
    });
  });
});

describe('a quorum that is stopped', () => {
  test('by its own timeout has timed out, as a decision', async () => {
    const { run, clock } = await ask({ needed: 'majority', timeout: '5h' }, [['ann', true]]);
    await clock.advance('4h');

    expect(await outcomeOf(run)).toMatchObject({
      decision: 'timed-out',
      yes: ['ann'],
      notVoted: [
        { branch: 'bob', status: 'TimedOut', error: { code: 'CONTAINER_TIMED_OUT' } },
        { branch: 'cid', status: 'TimedOut' },
      ],
    });
  });

  test('by its own timeout after its decision keeps that', async () => {
    const { run, clock } = await ask({ needed: 1, timeout: '5h', rest: 'finish' }, [['ann', true]]);
    await clock.advance('4h');

    expect(await outcomeOf(run)).toMatchObject({ decision: 'accepted', yes: ['ann'] });
  });

  test('by the end of its run has decided nothing', async () => {
    const { run } = await ask({ needed: 'majority' }, [['ann', true]]);
    run.cancel();

    expect((await run.finished).status).toBe('Cancelled');
    expect(run.result('Ask')).toMatchObject({ status: 'Cancelled', code: 'RUN_CANCELLED' });
  });

  test('by the timeout of what is around it has decided nothing', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Around', (flow) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          quorum(scope, 'Ask', [], { needed: 1, vote: Boolean, timeout: '1h' }, (branches) => ({
            a: branches.waitFor('A', [], event<boolean>('a')),
          }));
        },
        { timeout: '1m' },
      );
    });
    const run = start(flow, undefined, { clock });

    expect((await run.finished).status).toBe('Failed');
    expect(run.result('Scope/Ask')).toMatchObject({ status: 'TimedOut', outputs: undefined });
  });

  test('after its decision keeps it, though the run is Cancelled', async () => {
    const { run } = await ask({ needed: 1, rest: 'finish' }, [['ann', true]]);
    run.cancel();

    expect((await run.finished).status).toBe('Cancelled');
    expect(run.result('Ask')).toMatchObject({
      status: 'Succeeded',
      outputs: { decision: 'accepted', notVoted: [{ status: 'Cancelled' }, {}] },
    });
  });
});

test('describe() and events show a quorum as what it is', async () => {
  const flow = approval({ needed: 'majority', rest: 'finish' });
  expect(describeFlow(flow).body.actions[0]).toMatchObject({
    kind: 'container',
    container: 'quorum',
    options: { needed: 'majority', vote: expect.any(String), rest: 'finish', branches: people },
  });

  const clock = virtualClock();
  const run = start(flow, undefined, { clock });
  const ended: string[] = [];
  run.events.subscribe((event: RunEvent) => {
    if (event.type === 'action.ended') ended.push(event.path);
  });
  await clock.advance('2d');
  expect((await run.finished).status).toBe('Succeeded');
  expect(ended).toEqual(['Ask/ann', 'Ask/bob', 'Ask/cid', 'Ask', 'Tell']);
});
