/**
 * Loops, untils, branches, child workflows and waits of a run that is killed and resumed: the run ends as
 * one that was never killed.
 * @module
 */
import { event, type Flow, type Keep, settled, signal, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { expectSameAfterKills } from './same-after-kills.ts';
import { slowly } from './slowly.ts';

/** What is not kept of iterations dies with the process: what they used, and how the first failure came. */
function whatIsNotKept(keep: Keep): { readonly notCompared: readonly string[] } {
  if (keep === 'all') return { notCompared: [] };
  return { notCompared: keep === 'failures' ? ['usage'] : ['usage', 'why', 'message'] };
}

describe('a run that was killed anywhere ends as if it had not been', () => {
  it.each(['all', 'failures', 'summary'] as const)('with a loop that keeps %s', async (keep) => {
    const { result } = await expectSameAfterKills({
      ...whatIsNotKept(keep),
      workflow: (process) =>
        workflow('Loop', (flow) => {
          const loop = flow.forEach(
            'Orders',
            [],
            () => [3, 1, 4, 1, 5, 9, 2, 6],
            (each) => {
              const work = each.action('Work', async (context) => {
                const n = await slowly(process, context, context.item);
                if (n === 4 || n === 9) throw Object.assign(new Error(`no ${n}`), { code: 'ODD' });
                return n * 10;
              });
              return each.action('Then', [work], ([n], context) => slowly(process, context, n + 1));
            },
            { concurrency: 3, keep: keep as 'all' },
          );
          flow.action('After', [settled(loop)], async ([loop], context) => {
            await process.note(context);
            return loop.counts;
          });
        }),
      more: (run) => [
        run.result('Orders[2]/Work'),
        run.result('Orders[5]/Then'),
        run.result('Orders'),
      ],
    });

    expect(result).toMatchObject({
      status: 'Succeeded',
      results: [{}, { outputs: { total: 8, Succeeded: 6, Failed: 2 } }],
    });
  });

  it.each(['all', 'failures', 'summary'] as const)(
    'with a loop of a single action that keeps %s',
    async (keep) => {
      const { result } = await expectSameAfterKills({
        ...whatIsNotKept(keep),
        workflow: (process) =>
          workflow('Loop', (flow) =>
            flow.forEach(
              'Orders',
              [],
              () => ['a', 'b', 'c', 'd', 'e'],
              (each) =>
                each.action('Work', async (context) => {
                  const item = await slowly(process, context, context.item);
                  return `${item}${context.index}`;
                }),
              { concurrency: 2, keep: keep as 'all' },
            ),
          ),
        more: (run) => [run.result('Orders[1]/Work'), run.result('Orders')],
      });

      expect(result).toMatchObject({ status: 'Succeeded' });
    },
  );

  it('with nested loops over what the outer item holds', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Nested', (flow) => {
          const loop = flow.forEach(
            'Rows',
            [],
            () => [[1, 2], [], [3, 4, 5]],
            (row) => {
              const cells = row.forEach(
                'Cells',
                [row.item],
                ([cells]) => cells,
                (cell, [cells]) =>
                  cell.action('Add', [cells, cell.item], ([cells, n], context) =>
                    slowly(process, context, n + cells.length),
                  ),
                { concurrency: 2 },
              );
              return row.action('Sum', [cells], ([cells], context) =>
                slowly(
                  process,
                  context,
                  cells.reduce((a, b) => a + b, 0),
                ),
              );
            },
            { concurrency: 2 },
          );
          return flow.action('Done', [loop], ([sums], context) => slowly(process, context, sums));
        }),
      more: (run) => [run.result('Rows[2]/Cells[1]/Add'), run.result('Rows[1]/Cells')],
    });

    expect(result).toMatchObject({ outputs: [7, 0, 21] });
  });

  it('with a loop over nothing, and one whose items cannot be had', async () => {
    const { result } = await expectSameAfterKills({
      workflow: () =>
        workflow('Empty', (flow) => {
          const none = flow.forEach(
            'None',
            [],
            () => [] as number[],
            (each) => each.action('X', () => 1),
          );
          flow.forEach(
            'Broken',
            [none],
            () => {
              throw Object.assign(new Error('no table'), { code: 'NO_TABLE' });
            },
            () => undefined,
          );
          flow.forEach(
            'No_Body',
            [none],
            () => [1, 2, 3],
            () => undefined,
          );
        }),
    });

    expect(result).toMatchObject({
      status: 'Failed',
      results: [{ outputs: [] }, { code: 'NO_TABLE' }, {}],
    });
  });

  it('with a keyed loop: the items of a key one after the other', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Keyed', (flow) =>
          flow.forEach(
            'Orders',
            [],
            () => ['a1', 'a2', 'b1', 'a3', 'c1', 'b2', 'a4'],
            (each) => {
              const first = each.action('First', (context) =>
                slowly(process, context, context.item),
              );
              return each.action('Second', [first], ([item], context) =>
                slowly(process, context, item),
              );
            },
            { concurrency: 3, key: (item) => item[0] as string },
          ),
        ),
    });

    expect(result).toMatchObject({ outputs: ['a1', 'a2', 'b1', 'a3', 'c1', 'b2', 'a4'] });
  });

  it('with a stream of items that have ids', async () => {
    for (const keep of ['all', 'failures', 'summary'] as const) {
      const { result } = await expectSameAfterKills({
        ...whatIsNotKept(keep),
        workflow: (process) =>
          workflow('Stream', (flow) =>
            flow.forEach(
              'Orders',
              [],
              async function* () {
                for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) yield { id };
              },
              (each) => {
                const first = each.action('First', async (context) => {
                  await slowly(process, context, 0);
                  if (context.item.id === 'c') throw new Error('no c');
                  return context.item.id;
                });
                return each.action('Second', [first], ([id], context) =>
                  slowly(process, context, id),
                );
              },
              { concurrency: 2, id: ({ id }) => id, keep: keep as 'all' },
            ),
          ),
        more: (run) => run.result('Orders[2]/First'),
      });

      expect(result).toMatchObject({
        status: 'Failed',
        results: [{ counts: { Failed: 1, Succeeded: 5 }, code: 'UNKNOWN_ERROR' }],
      });
    }
  });

  it('with an until: its state, its rounds, and its limit', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Untils', (flow) => {
          const poll = flow.until(
            'Poll',
            [],
            () => ({ page: 0, all: [] as number[] }),
            (round) => {
              const read = round.action('Read', [round.state], ([{ page }], context) =>
                slowly(process, context, [page * 2, page * 2 + 1]),
              );
              return round.action('Add', [round.state, read], ([state, more], context) =>
                slowly(process, context, { page: state.page + 1, all: [...state.all, ...more] }),
              );
            },
            ({ page }) => page === 3,
          );
          const fails = flow.until(
            'Odd_Rounds_Fail',
            [poll],
            () => 0,
            (round) =>
              round.action('Try', [round.state], async ([n], context) => {
                await slowly(process, context, 0);
                if (context.index % 2 === 1) throw new Error('odd');
                return n + 1;
              }),
            () => false,
            { maxIterations: 4, onLimit: 'succeed', criticality: 'optional' },
          );
          flow.until(
            'Limit',
            [settled(fails)],
            () => 0,
            (round) =>
              round.action('More', [round.state], ([n], context) =>
                slowly(process, context, n + 1),
              ),
            () => false,
            { maxIterations: 3 },
          );
        }),
      more: (run) => [run.result('Poll[1]/Read'), run.result('Limit')],
    });

    expect(result).toMatchObject({
      status: 'Failed',
      results: [
        { outputs: { page: 3, all: [0, 1, 2, 3, 4, 5] } },
        { status: 'Failed' },
        { code: 'UNTIL_LIMIT_REACHED' },
      ],
    });
  });

  it('with an until whose time is up', async () => {
    for (const onLimit of ['fail', 'succeed'] as const) {
      const { result } = await expectSameAfterKills({
        // Of a handler whose time has passed while nobody ran it, the last call is not known.
        notCompared: ['attempts'],
        workflow: (process) =>
          workflow('Until', (flow) => {
            flow.until(
              'Wait',
              [],
              () => 0,
              (round) => {
                const pause = round.delay('Pause', [], '7s');
                return round.action('Add', [round.state, pause], async ([n], context) => {
                  await process.note(context);
                  return n + 1;
                });
              },
              () => false,
              { timeout: '20s', onLimit },
            );
          }),
      });

      expect(result).toMatchObject({ results: [{ counts: { total: 3 } }] });
    }
  });

  it('with conditions and switches, and what they choose', async () => {
    const { result } = await expectSameAfterKills({
      input: 3,
      workflow: (process) =>
        workflow('Branches', (flow: Flow<number>) => {
          const odd = flow.condition('Odd', [], (_, { input }) => input % 2 === 1, {
            then: (then) => then.action('Yes', (context) => slowly(process, context, 'odd')),
            else: (otherwise) => otherwise.action('No', () => 'even'),
          });
          const size = flow.switch('Size', [odd], () => 'big' as const, {
            big: (big) => {
              const one = big.action('One', (context) => slowly(process, context, 1));
              return big.action('Two', [one], ([n], context) => slowly(process, context, n + 1));
            },
            small: (small) => small.action('Small', () => 0),
          });
          flow.condition('Fails', [], () => Promise.reject(new Error('cannot tell')), {
            then: () => undefined,
          });
          flow.switch('No_Case', [], () => 'unknown' as string as 'a', { a: () => undefined });
          return flow.action('End', [odd, size], (both, context) => slowly(process, context, both));
        }),
    });

    expect(result).toMatchObject({ status: 'Failed', results: { 4: { outputs: ['odd', 2] } } });
  });

  it('with child workflows in child workflows, in a loop', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) => {
        const grandchild = workflow('Grandchild', (flow: Flow<number>) =>
          flow.action('Deep', (context) => slowly(process, context, context.input + 1)),
        );
        const child = workflow('Child', (flow: Flow<{ n: number }>) => {
          const half = flow.action('Half', (context) =>
            slowly(process, context, context.input.n / 2),
          );
          const deep = flow.child('Call', [half], grandchild, ([half]) => half);
          flow.action('Fails_For_6', [half], async ([half], context) => {
            await slowly(process, context, 0);
            if (half === 3) throw new Error('six');
          });
          return flow.action('Up', [deep], ([n], context) => slowly(process, context, n));
        });
        return workflow('Parent', (flow) => {
          const loop = flow.forEach(
            'Each',
            [],
            () => [2, 4, 6],
            (each) => {
              const call = each.child('Child', [each.item], child, ([n]) => ({ n }));
              return each.action('After', [call], ([n], context) => slowly(process, context, n));
            },
            { concurrency: 2 },
          );
          flow.action('End', [settled(loop)], ([loop], context) =>
            slowly(
              process,
              context,
              loop.iterations.map(({ status }) => status),
            ),
          );
        });
      },
      more: (run) => [run.result('Each[0]/Child'), run.result('Each[2]/Child')],
    });

    expect(result).toMatchObject({
      results: [{}, { outputs: ['Succeeded', 'Succeeded', 'Failed'] }],
    });
  });

  it('with a child workflow that takes longer than it may', async () => {
    const { result } = await expectSameAfterKills({
      notCompared: ['attempts'],
      workflow: (process) => {
        const hang = (signal: AbortSignal) => process.clock.sleep('1d', { signal });
        const own = workflow(
          'Own',
          (flow) => void flow.action('Hang', ({ signal }) => hang(signal)),
          { timeout: '10s' },
        );
        const unbounded = workflow('Unbounded', (flow) => {
          const first = flow.action('Hang', ({ signal }) => hang(signal));
          flow.action('Never', [first], () => 1);
        });
        return workflow('Parent', (flow) => {
          const first = flow.child('Own', [], own, () => undefined);
          flow.child('Bounded', [settled(first)], unbounded, () => undefined, { timeout: '20s' });
        });
      },
    });

    expect(result).toMatchObject({
      status: 'Failed',
      results: [{ status: 'TimedOut' }, { status: 'TimedOut' }],
    });
  });

  it('with delays', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Delays', (flow) => {
          const first = flow.delay('First', [], '10s');
          const other = flow.delay('Other', [], () => '25s');
          return flow.action('End', [first, other], (_, context) =>
            slowly(process, context, 'end'),
          );
        }),
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'end' });
  });

  it('with signals that come before, while and after it waits', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Approvals', (flow) => {
          const approval = event<{ by: string; at: Date }>('approval');
          const early = flow.delay('Later', [], '30s');
          const first = flow.waitFor('First', [], approval, { correlate: () => 'ann' });
          const second = flow.waitFor('Second', [early], approval, { correlate: () => 'bob' });
          const never = flow.waitFor('Never', [], event('never'), { timeout: '45s' });
          return flow.action('End', [first, second, settled(never)], async (all, context) => {
            await process.note(context);
            return [all[0].by, all[1].by, all[1].at.getTime(), all[2].status];
          });
        }),
      around: ({ store, clock }) => {
        const send = (by: string) => () =>
          void signal(store, 'r', 'approval', { by, at: new Date(5) }, { correlate: by, id: by });
        clock.setTimer(10_000, send('bob'));
        clock.setTimer(20_000, send('ann'));
        clock.setTimer(21_000, send('ann'));
      },
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['ann', 'bob', 5, 'TimedOut'] });
  });

  it('when something in it terminates it', async () => {
    for (const status of ['Succeeded', 'Failed', 'Cancelled'] as const) {
      const { result } = await expectSameAfterKills({
        notCompared: ['attempts'],
        workflow: (process) =>
          workflow('Terminated', (flow) => {
            const first = flow.action('First', (context) => slowly(process, context, 1));
            const long = flow.action('Long', ({ signal }) => process.clock.sleep('1h', { signal }));
            flow.action('After_Long', [long], () => 1);
            flow.scope('Scope', [first], (scope) => {
              const stop = scope.action('Decide', (context) => slowly(process, context, 1));
              scope.terminate('Stop', [stop], status, { code: 'ENOUGH', message: 'It is enough.' });
              scope.action('Beside', ({ signal }) => process.clock.sleep('1h', { signal }));
            });
          }),
      });

      expect(result).toMatchObject({ status });
    }
  });
});
