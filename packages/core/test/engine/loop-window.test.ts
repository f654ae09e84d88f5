/**
 * The window of a loop: how many iterations at once, and how far the source is read.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

const seconds = 1_000;

describe('the window of a loop', () => {
  it('slides: as one iteration ends the next starts, without waiting for a batch', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const started: string[] = [];
    const flow = workflow('Window', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [9, 1, 1, 1, 5],
        (each) => {
          each.action('Work', ({ item, index }) => {
            started.push(`${index} at ${clock.monotonic() / seconds} s`);
            return clock.sleep(item * seconds);
          });
        },
        { concurrency: 2 },
      );
    });

    const { startTime, endTime } = await start(flow, undefined, { clock }).finished;

    expect(started).toEqual(['0 at 0 s', '1 at 0 s', '2 at 1 s', '3 at 2 s', '4 at 3 s']);
    expect(endTime.getTime() - startTime.getTime()).toBe(9 * seconds);
  });

  it('goes on after a failure, and the loop is Failed in the end', async () => {
    const flow = workflow('Window', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => [1, 2, 3, 4],
        (each) =>
          each.action('Work', async ({ item }) => {
            if (item === 2) throw Object.assign(new Error('no'), { code: 'TWO' });
            return item;
          }),
      ),
    );

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({
      status: 'Failed',
      code: 'TWO',
      outputs: undefined,
      counts: { total: 4, Succeeded: 3, Failed: 1, TimedOut: 0, Cancelled: 0, Skipped: 0 },
    });
    expect(results[0]?.error?.message).toMatch(/1 of 4 iterations.*"Loop\[1\]\/Work"/);
  });

  it('has back pressure: a stream is not asked for more while it is full', async () => {
    const clock = virtualClock();
    let asked = 0;
    async function* stream() {
      for (;;) yield asked++;
    }
    const flow = workflow('Window', (flow) => {
      flow.forEach(
        'Loop',
        [],
        stream,
        (each) => {
          each.action('Work', ({ item, signal }) =>
            clock.sleep('10s', { signal }).then(() => item),
          );
        },
        { concurrency: 3, keep: 'summary' },
      );
    });
    const run = start(flow, undefined, { clock });

    await clock.advance('5s');
    expect(asked).toBe(3);
    await clock.advance('20s');
    expect(asked).toBe(9);
    run.cancel();
    expect((await run.finished).status).toBe('Cancelled');
  });

  it('asks a slow stream for one item at a time', async () => {
    const clock = virtualClock({ autoAdvance: true });
    let asking = 0;
    let most = 0;
    const slow = (): AsyncIterable<number> => ({
      [Symbol.asyncIterator]() {
        let next = 0;
        return {
          async next() {
            most = Math.max(most, ++asking);
            await clock.sleep('1s');
            asking--;
            return next < 5 ? { done: false, value: next++ } : { done: true, value: undefined };
          },
        };
      },
    });
    const flow = workflow('Window', (flow) =>
      flow.forEach('Loop', [], slow, (each) => each.action('Work', ({ item }) => item), {
        concurrency: 5,
      }),
    );

    expect(await start(flow, undefined, { clock }).finished).toMatchObject({
      outputs: [0, 1, 2, 3, 4],
    });
    expect(most).toBe(1);
  });

  it('can be unbounded: 10,000 items, all at once, sync or async', async () => {
    const items = Array.from({ length: 10_000 }, (_, index) => index);
    for (const work of [(item: number) => item, async (item: number) => item]) {
      let atWork = 0;
      let most = 0;
      const flow = workflow('All_At_Once', (flow) =>
        flow.forEach(
          'Loop',
          [],
          () => items,
          (each) =>
            each.action('Work', async ({ item }) => {
              most = Math.max(most, ++atWork);
              const done = await work(item);
              atWork--;
              return done;
            }),
          { concurrency: Infinity },
        ),
      );

      expect(await start(flow, undefined).finished).toMatchObject({ outputs: items });
      expect(most).toBe(10_000);
    }
  });

  it('holds for iterations of several steps too', async () => {
    const clock = virtualClock({ autoAdvance: true });
    let open = 0;
    let most = 0;
    const flow = workflow('Steps', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [1, 2, 3, 4, 5],
        (each) => {
          const first = each.action('First', () => {
            most = Math.max(most, ++open);
          });
          const wait = each.delay('Wait', [first], '1s');
          each.action('Last', [wait], () => {
            open--;
          });
        },
        { concurrency: 2 },
      );
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(most).toBe(2);
  });
});
