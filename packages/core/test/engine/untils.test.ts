/**
 * Untils: rounds one after the other, the state of each what the one before has returned.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { thenable } from './thenable.ts';

describe('an until', () => {
  it('hands the state from round to round, and in the end over', async () => {
    const flow = workflow('Pages', (flow) => {
      const first = flow.action('First', () => 10);
      return flow.until(
        'Pages',
        [first],
        ([first]) => ({ page: first, rows: [] as number[] }),
        (round) =>
          round.action('Read', [round.state, round.index], ([{ page, rows }, index], context) => ({
            page: page + 1,
            rows: [...rows, page * 100 + index * 10 + context.index],
          })),
        ({ page }) => page === 13,
      );
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: { page: 13, rows: [1000, 1111, 1222] },
    });
    expect(outline(result.results)).toEqual({
      First: 'Succeeded',
      Pages: 'Succeeded',
      'Pages[0]': 'Succeeded',
      'Pages[0]/Read': 'Succeeded',
      'Pages[1]': 'Succeeded',
      'Pages[1]/Read': 'Succeeded',
      'Pages[2]': 'Succeeded',
      'Pages[2]/Read': 'Succeeded',
    });
    expect(result.results[1]?.counts).toMatchObject({ total: 3, Succeeded: 3 });
  });

  it('runs its body at least once: done is asked after each round, with the new state', async () => {
    const asked: string[] = [];
    const flow = workflow('Once', (flow) =>
      flow.until(
        'Until',
        [],
        () => 1,
        (round) => round.action('Add', [round.state], ([n]) => n + 1),
        (state, { index, input }) => {
          asked.push(`${state} after round ${index}, ${input}`);
          return true;
        },
      ),
    );

    expect(await start(flow, 'input').finished).toMatchObject({ outputs: 2 });
    expect(asked).toEqual(['2 after round 0, input']);
  });

  it('goes on after a failed round, which leaves the state as it was and is not asked', async () => {
    const asked: number[] = [];
    const flow = workflow('Flaky', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) =>
          round.action('Add', [round.state], ([count], { index }) => {
            if (index === 1) throw new Error('a bad day');
            return count + 1;
          }),
        (state) => {
          asked.push(state);
          return state === 3;
        },
      ),
    );

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 3 });
    expect(asked).toEqual([1, 2, 3]);
    expect(result.results[0]?.counts).toMatchObject({ total: 4, Succeeded: 3, Failed: 1 });
    expect(result.handledFailures.map(({ path }) => path)).toEqual(['Until[1]/Add']);
  });

  it.each<{ how: string; answer: (isDone: boolean) => boolean | Promise<boolean> }>([
    { how: 'a promise', answer: async (isDone) => isDone },
    { how: 'something else to await', answer: (isDone) => thenable(isDone) },
    { how: 'what counts as true', answer: (isDone) => (isDone ? 1 : 0) as unknown as boolean },
  ])('takes $how from done', async ({ answer }) => {
    const flow = workflow('Async', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) => round.action('Add', [round.state], ([n]) => n + 1),
        (state) => answer(state === 3),
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: 3 });
  });

  it.each<{ how: string; done: () => boolean | Promise<boolean> }>([
    {
      how: 'throws',
      done: () => {
        throw new TypeError('cannot tell');
      },
    },
    { how: 'rejects', done: () => Promise.reject(new TypeError('cannot tell')) },
  ])('is Failed when done $how; the round itself Succeeded', async ({ done }) => {
    const flow = workflow('Undecided', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) => round.action('Work', () => 1),
        done,
      ),
    );

    const run = start(flow, undefined);
    const { status, results } = await run.finished;

    expect(status).toBe('Failed');
    expect(results[0]?.error).toMatchObject({ message: 'cannot tell' });
    expect(outline(results)).toMatchObject({
      'Until[0]': 'Succeeded',
      'Until[0]/Work': 'Succeeded',
    });
    expect(run.why().text).toContain('cannot tell');
  });

  it('is Failed, without a round, when its first state cannot be had', async () => {
    const flow = workflow('No_Start', (flow) =>
      flow.until(
        'Until',
        [],
        (): number => {
          throw new TypeError('no state');
        },
        (round) => round.action('Work', () => 1),
        () => true,
      ),
    );

    const { results } = await start(flow, undefined).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', counts: { total: 0 }, iterations: [] });
    expect(results[0]?.error).toMatchObject({ message: 'no state' });
  });

  it('shows each round to what runs after it', async () => {
    const flow = workflow('Rounds', (flow) => {
      const until = flow.until(
        'Until',
        [],
        () => 1,
        (round) => round.action('Double', [round.state], ([n]) => n * 2),
        (n) => n > 5,
      );
      return flow.action('After', [settled(until)], ([until]) =>
        until.iterations.map((one) => [one.item, one.status === 'Succeeded' && one.outputs]),
      );
    });

    expect(await start(flow, undefined).finished).toMatchObject({
      outputs: [
        [1, 2],
        [2, 4],
        [4, 8],
      ],
    });
  });

  it.each(['sync', 'async'])('takes 10,000 %s rounds without a deep stack', async (kind) => {
    const flow = workflow('Many', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) =>
          kind === 'sync'
            ? round.action('Add', [round.state], ([n]) => n + 1)
            : round.action('Add', [round.state], async ([n]) => n + 1),
        (state) => (kind === 'sync' ? state === 10_000 : Promise.resolve(state === 10_000)),
        { maxIterations: 10_000 },
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: 10_000 });
  });

  it('whose rounds hold another until runs it anew in each round', async () => {
    const flow = workflow('Nested', (flow) =>
      flow.until(
        'Outer',
        [],
        () => 0,
        (outer) =>
          outer.until(
            'Inner',
            [outer.state],
            ([n]) => n,
            (inner) => inner.action('Add', [inner.state], ([n]) => n + 1),
            (n) => n % 3 === 0,
          ),
        (n) => n === 9,
      ),
    );

    const run = start(flow, undefined);

    expect(await run.finished).toMatchObject({ outputs: 9 });
    expect(run.result('Outer[2]/Inner[1]/Add')).toMatchObject({ outputs: 8 });
  });

  it('waits between its rounds when its body says so', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Poll', (flow) =>
      flow.until(
        'Poll',
        [],
        () => 0,
        (round) => {
          const wait = round.delay('Wait', [], '10s');
          return round.action('Ask', [wait, round.index], ([, index]) => index);
        },
        (index) => index === 5,
      ),
    );

    const { startTime, endTime } = await start(flow, undefined, { clock }).finished;

    expect(endTime.getTime() - startTime.getTime()).toBe(60_000);
  });
});
