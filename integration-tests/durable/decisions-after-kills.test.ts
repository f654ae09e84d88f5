/**
 * Quorums and failure policies of runs that are killed at every write and resumed: they decide, stop and
 * tell as if nothing had happened, and what was decided stays decided.
 */
import { virtualClock } from '@runafter/clock';
import { event, memoryRunStore, type Run, resume, signal, workflow } from '@runafter/core';
import { allOrNothing, graduated, policyScope, type Quorum, quorum } from '@runafter/results';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from '../../packages/core/test/durable/mortal-process.ts';
import { expectSameAfterKills } from '../../packages/core/test/durable/same-after-kills.ts';
import { slowly } from '../../packages/core/test/durable/slowly.ts';

const people = ['ann', 'bob', 'cid', 'dee', 'eve'] as const;

describe('a run that was killed anywhere ends as if it had not been', () => {
  it.each(['cancel', 'finish'] as const)('with a quorum that lets the rest %s', async (rest) => {
    const answer = event<boolean>('answer');
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Approval', (flow) => {
          const asked = quorum(
            flow,
            'Ask',
            [],
            { needed: 'majority', vote: (yes: boolean) => yes, rest },
            (branches) => {
              const ask = (name: string) =>
                branches.waitFor(name, [], answer, { correlate: () => name, timeout: '1h' });
              const [ann, bob, cid, dee] = ['ann', 'bob', 'cid', 'dee'].map(ask);
              if (!ann || !bob || !cid || !dee) throw new RangeError('Four are asked.');
              const eve = branches.action('eve', (context) => slowly(process, context, true));
              return { ann, bob, cid, dee, eve };
            },
          );
          return flow.action('Tell', [asked], (all, context) => slowly(process, context, all));
        }),
      around: ({ store, clock }) => {
        const say = (by: string, yes: boolean) => () =>
          void signal(store, 'r', 'answer', yes, { correlate: by, id: by });
        clock.setTimer(10_000, say('dee', false));
        clock.setTimer(20_000, say('ann', true));
        clock.setTimer(30_000, say('cid', true));
        if (rest === 'finish') clock.setTimer(40_000, say('bob', false));
      },
    });

    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: [{ decision: 'accepted', yes: ['ann', 'cid', 'eve'] }],
    });
  });

  it('with a quorum whose own timeout passes', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Machines', (flow) =>
          quorum(
            flow,
            'Ask',
            [],
            { needed: 2, vote: (yes: boolean) => yes, timeout: '1m' },
            (branches) => ({
              fast: branches.action('Fast', (context) => slowly(process, context, true)),
              late: branches.waitFor('Late', [], event<boolean>('late')),
            }),
          ),
        ),
    });

    expect(result).toMatchObject({ outputs: { decision: 'timed-out', yes: ['fast'] } });
  });

  it('with a scope that is all or nothing', async () => {
    const { result } = await expectSameAfterKills({
      notCompared: ['attempts'],
      workflow: (process) =>
        workflow('Order', (flow) => {
          policyScope(flow, 'All', [], allOrNothing, (scope) => {
            const hang = scope.waitFor('Hang', [], event('never'));
            scope.action('After', [hang], () => 1);
            scope.action('Bad', async (context) => {
              await slowly(process, context, 1);
              throw new Error('It is down.');
            });
          });
        }),
    });

    expect(result).toMatchObject({
      status: 'Failed',
      results: [
        { results: [{ status: 'Cancelled' }, { status: 'Skipped' }, { status: 'Failed' }] },
      ],
    });
  });

  it('with a policy that tells somebody, who is told again only where that may be unknown', async () => {
    const { result, calls } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Order', (flow) => {
          const onFlagged = async (_: object, context: { readonly idempotencyKey: string }) => {
            await slowly(process, context, 1);
          };
          policyScope(flow, 'Tell', [], { ...graduated, onFlagged }, (scope) => {
            scope.forEach(
              'Each',
              [],
              () => [1, 2, 3],
              (each) =>
                void each.action(
                  'Chat',
                  async (context) => {
                    await slowly(process, context, 1);
                    if (context.item !== 2) throw new Error(`No ${context.item}.`);
                  },
                  { criticality: 'important' },
                ),
              { concurrency: 2 },
            );
            scope.action('Mail', async (context) => {
              await slowly(process, context, 1);
              throw new Error('No mail.');
            });
          });
        }),
    });

    expect(result).toMatchObject({ status: 'Succeeded' });
    expect(calls.filter((key) => key.includes('On_Flagged'))).toEqual([
      'r/Tell/On_Flagged_1',
      'r/Tell/On_Flagged_2',
      'r/Tell/On_Flagged_3',
    ]);
  });
});

it('tells each failure under the number that it had, also when the branches stand in another order later', async () => {
  const told: string[] = [];
  const flowOf = (names: readonly string[], hangs: boolean) =>
    workflow('Order', (flow) => {
      const onFlagged = ({ path }: { readonly path: string }) => {
        told.push(path);
        return hangs && path === 'Tell/B' ? new Promise(() => undefined) : undefined;
      };
      policyScope(flow, 'Tell', [], { ...graduated, onFlagged }, (scope) => {
        for (const name of names) {
          scope.action(name, () => {
            throw new Error('It is down.');
          });
        }
      });
    });
  const store = memoryRunStore();
  const clock = virtualClock();
  const first = new MortalProcess(store, clock);
  await first.start(flowOf(['A', 'B'], true), undefined);
  while (!first.recorded.includes('r/Tell/On_Flagged_1')) await new Promise(setImmediate);
  first.kill();
  await first.bury();
  const second = new MortalProcess(store, clock);
  const run = await resume(flowOf(['B', 'A'], false), 'r', second.place);

  expect((await run.finished).status).toBe('Succeeded');
  expect(told).toEqual(['Tell/A', 'Tell/B', 'Tell/B']);
});

describe('a decision', () => {
  it('that was stored holds, also when the votes would be counted otherwise later', async () => {
    const decisions: string[] = [];
    for (let atWrite = 2; atWrite <= 8; atWrite++) {
      const store = memoryRunStore();
      const clock = virtualClock({ autoAdvance: true });
      const first = new MortalProcess(store, clock, { atWrite, when: 'after' });
      const run = await first.start(voteOf(first, true), undefined);
      await Promise.race([first.died, run.finished]);
      await first.bury();
      // As if all had voted otherwise, and as if it had been known in another order.
      const second = new MortalProcess(store, clock);
      const resumed = await resume(voteOf(second, false), 'r', second.place);
      decisions.push(await decisionOf(resumed));
    }

    // From the write on that stores it, which comes right after the third vote.
    expect(decisions).toEqual([
      ...['rejected', 'rejected', 'rejected'],
      ...['accepted', 'accepted', 'accepted', 'accepted'],
    ]);
  });

  /** Each of the five says yes, one after the other. */
  function voteOf(process: MortalProcess, counts: boolean) {
    return workflow('Vote', (flow) =>
      quorum(
        flow,
        'Ask',
        [],
        { needed: 'majority', vote: (yes: boolean) => yes === counts },
        (branches) => {
          const voter = (name: string, seconds: number) =>
            branches.action(name, (context) => slowly(process, context, true, seconds * 1000));
          const [ann, bob, cid, dee, eve] = people;
          return {
            ann: voter(ann, 1),
            bob: voter(bob, 2),
            cid: voter(cid, 3),
            dee: voter(dee, 4),
            eve: voter(eve, 5),
          };
        },
      ),
    );
  }

  async function decisionOf(run: Run<Quorum>): Promise<string> {
    const result = await run.finished;
    return result.status === 'Succeeded' ? result.outputs.decision : result.status;
  }
});
