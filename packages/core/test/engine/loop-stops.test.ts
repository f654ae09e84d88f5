/**
 * Loops that are told to stop: what runs is stopped, nothing new starts, the source is let go.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, type Items, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { Endless } from './endless-source.ts';
import { outline } from './outline.ts';

const kinds = Object.keys(new Endless().items);

describe('a loop that is cancelled', () => {
  it.each(kinds)('stops what runs, starts nothing more, and closes its %s', async (kind) => {
    const clock = virtualClock();
    const source = new Endless();
    const flow = workflow('Endless', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        source.items[kind] as () => Items<number>,
        (each) => {
          const work = each.action('Work', ({ signal }) => clock.sleep('10s', { signal }));
          each.action('After', [work], () => 1);
        },
        { concurrency: 2 },
      );
      flow.action('Next', [loop], () => 1);
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('15s');
    run.cancel('enough');
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(source).toMatchObject({ asked: 4, closed: 1 });
    expect(outline(results)).toMatchObject({
      Loop: 'Cancelled RUN_CANCELLED',
      'Loop[1]': 'Succeeded',
      'Loop[2]': 'Cancelled RUN_CANCELLED',
      'Loop[2]/Work': 'Cancelled RUN_CANCELLED',
      'Loop[2]/After': 'Skipped RUN_CANCELLED',
      Next: 'Skipped RUN_CANCELLED',
    });
    expect(results[0]?.counts).toMatchObject({ total: 4, Succeeded: 2, Cancelled: 2 });
    expect(clock.pending).toBe(0);
  });

  it('does not wait for a stream that has not answered, and ignores its late answer', async () => {
    const clock = virtualClock();
    let answer!: (result: IteratorResult<number>) => void;
    const flow = workflow('Slow_Stream', (flow) => {
      flow.forEach(
        'Loop',
        [],
        (): AsyncIterable<number> => ({
          [Symbol.asyncIterator]: () => ({
            next: () =>
              new Promise((resolve) => {
                answer = resolve;
              }),
          }),
        }),
        (each) => {
          each.action('Work', () => 1);
        },
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    const { results } = await run.finished;
    answer({ done: false, value: 1 });
    await clock.advance('1s');

    expect(results[0]).toMatchObject({ status: 'Cancelled', counts: { total: 0 } });
  });

  it('does not wait for a promise of items', async () => {
    const clock = virtualClock();
    const flow = workflow('Never', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => new Promise<number[]>(() => {}),
        (each) => {
          each.action('Work', () => 1);
        },
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();

    expect(outline((await run.finished).results)).toEqual({ Loop: 'Cancelled RUN_CANCELLED' });
  });

  it('does not begin to read items that come too late', async () => {
    const clock = virtualClock();
    let began = 0;
    const flow = workflow('Late', (flow) => {
      flow.forEach(
        'Loop',
        [],
        async () => {
          await clock.sleep('1m');
          return { [Symbol.iterator]: () => [began++].values() };
        },
        (each) => void each.action('Work', () => 1),
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('1h');

    expect((await run.finished).status).toBe('Cancelled');
    expect(began).toBe(0);
  });

  it('by its own items function starts nothing', async () => {
    const flow = workflow('Itself', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => {
          run.cancel();
          return [1, 2];
        },
        (each) => {
          each.action('Work', () => 1);
        },
      );
    });
    const run = start(flow, undefined);

    expect(outline((await run.finished).results)).toEqual({ Loop: 'Cancelled RUN_CANCELLED' });
  });
});

describe('a loop with a timeout', () => {
  it('stops what runs as TimedOut, keeps what is done, and can be handled', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const source = new Endless();
    const flow = workflow('Timed', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        source.items.stream as () => Items<number>,
        (each) =>
          each.action('Work', ({ signal, item }) => clock.sleep('4s', { signal }).then(() => item)),
        { timeout: '10s' },
      );
      flow.action('Handle', [failed(loop)], ([loop]) => [loop.status, loop.counts.Succeeded]);
    });

    const { status, results } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      Loop: 'TimedOut CONTAINER_TIMED_OUT',
      'Loop[0]': 'Succeeded',
      'Loop[0]/Work': 'Succeeded',
      'Loop[1]': 'Succeeded',
      'Loop[1]/Work': 'Succeeded',
      'Loop[2]': 'TimedOut CONTAINER_TIMED_OUT',
      'Loop[2]/Work': 'TimedOut CONTAINER_TIMED_OUT',
      Handle: 'Succeeded',
    });
    expect(results[1]?.outputs).toEqual(['TimedOut', 2]);
    expect(source.closed).toBe(1);
  });

  it('leaves no timer behind when it ends in time', async () => {
    const clock = virtualClock();
    const flow = workflow('In_Time', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [1, 2],
        (each) => {
          each.action('Work', async () => 1);
        },
        { timeout: '10s' },
      );
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(clock.pending).toBe(0);
  });

  it('does not close a source that was read to its end', async () => {
    let closed = 0;
    const flow = workflow('To_The_End', (flow) => {
      flow.forEach(
        'Loop',
        [],
        function* () {
          try {
            yield 1;
          } finally {
            closed++;
          }
        },
        (each) => {
          each.action('Work', async () => 1);
        },
      );
    });

    expect((await start(flow, undefined).finished).status).toBe('Succeeded');
    expect(closed).toBe(1);
  });
});
