/**
 * What a loop leaves behind: outputs and records in item order, or only what `keep` says.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Keep, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('the results of a loop', () => {
  it('are in item order, whichever iteration ends first', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Order', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => [30, 10, 20],
        (each) => each.action('Work', ({ item }) => clock.sleep(item).then(() => `${item} ms`)),
        { concurrency: 3 },
      ),
    );

    const result = await start(flow, undefined, { clock }).finished;

    expect(result).toMatchObject({ outputs: ['30 ms', '10 ms', '20 ms'] });
    expect(result.results[0]?.iterations).toMatchObject([
      { index: 0, item: 30, path: 'Loop[0]', status: 'Succeeded', outputs: '30 ms' },
      { index: 1, item: 10, path: 'Loop[1]', status: 'Succeeded', outputs: '10 ms' },
      { index: 2, item: 20, path: 'Loop[2]', status: 'Succeeded', outputs: '20 ms' },
    ]);
  });

  it('have one entry for each action of the body, with its record in every iteration', async () => {
    const flow = workflow('Entries', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => ['a', 'b'],
        (each) => {
          const read = each.action('Read', ({ item }) => {
            if (item === 'b') throw Object.assign(new Error('no'), { code: 'GONE' });
            return item;
          });
          each.action('Write', [read], ([read]) => read);
        },
      );
    });

    const run = start(flow, undefined);
    const [loop] = (await run.finished).results;

    expect(loop?.results).toMatchObject([
      {
        name: 'Read',
        path: 'Loop/Read',
        status: 'Failed',
        code: 'GONE',
        repetitions: [
          { path: 'Loop[0]/Read', status: 'Succeeded', outputs: 'a' },
          { path: 'Loop[1]/Read', status: 'Failed', code: 'GONE' },
        ],
      },
      {
        name: 'Write',
        repetitions: [{ status: 'Succeeded' }, { status: 'Skipped', code: 'RUN_AFTER_NOT_MET' }],
      },
    ]);
    expect(loop?.iterations?.[1]).toMatchObject({ status: 'Failed', error: { code: 'GONE' } });
    expect(run.result('Loop[1]/Read')).toMatchObject({ status: 'Failed' });
    expect(run.result('Loop[2]/Read')).toBeUndefined();
  });

  it('are handed to the next action by settled(loop), also when iterations failed', async () => {
    const flow = workflow('Summary', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        () => [1, 2, 3],
        (each) =>
          each.action('Work', ({ item }) => {
            if (item === 2) throw new Error('not two');
            return item * 10;
          }),
      );
      return flow.action('Summary', [settled(loop)], ([loop]) => ({
        status: loop.status,
        counts: loop.counts,
        done: loop.iterations.filter((one) => one.status === 'Succeeded').map((one) => one.outputs),
        failed: loop.iterations.filter((one) => one.status === 'Failed').map((one) => one.item),
      }));
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: {
        status: 'Failed',
        counts: { total: 3, Succeeded: 2, Failed: 1 },
        done: [10, 30],
        failed: [2],
      },
    });
  });
});

describe('what a loop keeps', () => {
  function loopKeeping(keep: Keep) {
    return workflow('Keep', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        () => [1, 2, 3, 4],
        (each) =>
          each.action('Work', async ({ item }) => {
            if (item % 2 === 0) throw new Error(`${item} is even`);
            return item;
          }),
        // The type of keep decides what is handed over; here all of them are looked at.
        { keep: keep as 'all', concurrency: 2 },
      );
      flow.action('After', [settled(loop)], () => 'done');
    });
  }

  it.each<{ keep: Keep; kept: number[] }>([
    { keep: 'all', kept: [0, 1, 2, 3] },
    { keep: 'failures', kept: [1, 3] },
    { keep: 'summary', kept: [] },
  ])(
    "with keep: '$keep' is the iterations $kept, and always the counts",
    async ({ keep, kept }) => {
      const { results, usage } = await start(loopKeeping(keep), undefined).finished;

      expect(results[0]?.iterations?.map(({ index }) => index)).toEqual(kept);
      expect(results[0]?.results[0]?.repetitions).toHaveLength(kept.length);
      expect(results[0]?.counts).toMatchObject({ total: 4, Succeeded: 2, Failed: 2 });
      expect(results[0]?.error?.message).toContain('2 of 4 iterations did not succeed');
      expect(usage).toMatchObject({ executed: 6, attempts: 5 });
    },
  );

  it.each<{ keep: Keep; outputs: unknown }>([
    { keep: 'all', outputs: [1, 2] },
    {
      keep: 'failures',
      outputs: { counts: expect.objectContaining({ total: 2, Succeeded: 2 }), failures: [] },
    },
    { keep: 'summary', outputs: expect.objectContaining({ total: 2, Succeeded: 2, Failed: 0 }) },
  ])("with keep: '$keep' decides what it hands over", async ({ keep, outputs }) => {
    const flow = workflow('Keep', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        () => [1, 2],
        (each) => each.action('Work', ({ item }) => item),
        { keep: keep as 'all' },
      );
      return flow.action('Handed_Over', [loop], ([loop]) => loop);
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs });
  });

  it('still explains a failure that was not kept', async () => {
    const run = start(loopKeeping('summary'), undefined);

    const { results } = await run.finished;

    expect(results[0]?.error?.message).toContain('"Loop[1]/Work" ended Failed: 2 is even');
  });
});
