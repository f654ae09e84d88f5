/**
 * Loops that go on with another width than they began with: what has ended inside them stays so.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type ForEachOptions, memoryRunStore, resume, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { SettableLimiter } from '../engine/settable-limiter.ts';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

type Width = ForEachOptions<number, 'all'>;

const hundred = Array.from({ length: 100 }, (_, index) => index);

/** Each iteration takes 10 s for its first action, and 5 s or more for its second one. */
function write(process: MortalProcess, options: Width) {
  return workflow('Wide', (flow) => {
    flow.forEach(
      'Items',
      [],
      // A loop that knows its items by ids is given a stream.
      () => (options.id === undefined ? hundred : hundred.values()),
      (each) => {
        const first = each.action('First', (context) => slowly(process, context, 1, '10s'));
        each.action('Second', [first], (_, context) =>
          slowly(process, context, 2, context.item === 0 ? '1s' : '5s'),
        );
      },
      options,
    );
  });
}

/** The run goes through a process for each width; each but the last one lives for so many seconds. */
async function callsWith(widths: readonly (readonly [width: Width, livesFor: number])[]) {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const calls: string[] = [];
  const ended: string[] = [];
  const again: string[] = [];
  for (const [number, [width, livesFor]] of widths.entries()) {
    const process = new MortalProcess(store, clock);
    const flow = write(process, width);
    const run =
      number === 0 ? process.start(flow, undefined) : await resume(flow, 'r', process.place);
    const stopped = livesFor === Infinity ? run.finished : process.died;
    if (livesFor !== Infinity) clock.setTimer(livesFor * 1_000, () => process.kill());
    await stopped;
    await process.bury();
    calls.push(...process.calls);
    again.push(...process.calls.filter((key) => ended.includes(key)));
    ended.push(...process.recorded);
  }
  return { calls, again };
}

describe('a loop over an array that was killed while it was wide', () => {
  const adaptive = (max: number) => new SettableLimiter(max, max);

  it.each<[string, Width[]]>([
    ['with 50 at once, then 2', [{ concurrency: 50 }, { concurrency: 2 }]],
    ['without a bound, then 1', [{ concurrency: Infinity }, {}]],
    ['with 2 at once, then 50, then 2', [{ concurrency: 2 }, { concurrency: 50 }, {}]],
    [
      'with 50 at once, then twice 2',
      [{ concurrency: 50 }, { concurrency: 2 }, { concurrency: 2 }],
    ],
    ['as an adaptive limiter said, then 2', [{ concurrency: adaptive(50) }, { concurrency: 2 }]],
    [
      'with 50, then as a smaller limiter says',
      [{ concurrency: 50 }, { concurrency: adaptive(2) }],
    ],
    ['with keys, then without', [{ concurrency: 9, key: (n) => n % 9, lookAhead: 90 }, {}]],
  ])('calls no action again that has ended: %s', async (_, widths) => {
    const last = widths.length - 1;
    const { calls, again } = await callsWith(
      widths.map((width, number) => [width, number === last ? Infinity : 12] as const),
    );

    expect(new Set(calls).size).toBe(200);
    expect(again).toEqual([]);
  });
});

describe('a loop that is told to stop when it has just been resumed', () => {
  it.each<[string, Width]>([
    ['an array', {}],
    ['a stream', { id: (item) => item }],
  ])(
    'opens again all that had begun while it was wide, for something may have to be undone: %s',
    async (_, options) => {
      const clock = virtualClock({ autoAdvance: true });
      const store = memoryRunStore({ clock });
      const first = new MortalProcess(store, clock);
      first.start(write(first, { ...options, concurrency: 50 }), undefined);
      clock.setTimer(12_000, () => first.kill());
      await first.died;
      await first.bury();
      const second = new MortalProcess(store, clock);
      const run = await resume(write(second, { ...options, concurrency: 2 }), 'r', second.place);
      run.cancel();
      await run.finished;

      // Item 0 has ended, and 50 came in its place.
      expect(run.result('Items')?.counts).toMatchObject({ total: 51, Succeeded: 1 });
    },
  );
});
