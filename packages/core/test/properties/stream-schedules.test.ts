/**
 * Loops over a stream whose items come late: one is asked for at a time, none is asked for in
 * advance, and a cancel closes the stream and does not wait for it.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { start, type Workflow, workflow } from '../../src/index.ts';
import { seed } from './seed.ts';
import { resultOf, ShopFloor } from './shop-floor.ts';
import { CountingSource } from './sources.ts';

const streams = fc.record({
  count: fc.integer({ min: 0, max: 10 }),
  window: fc.integer({ min: 1, max: 4 }),
  keyed: fc.boolean(),
});

describe('a loop over a slow stream', () => {
  it('asks for one item at a time, and only when it can run or hold it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), streams, async (scheduler, { count, window, keyed }) => {
        const floor = new ShopFloor(scheduler);
        const source = new CountingSource(indexes(count));
        const lookAhead = 2;
        const options = { concurrency: window, ...(keyed && { key: keyOf, lookAhead }) };
        const run = start(loopOver(source.slowly(scheduler), floor, options), undefined, {
          clock: virtualClock(),
        });

        await exploreSchedule(scheduler, {
          atRest: () => {
            expect(floor.running.length).toBeLessThanOrEqual(window);
            expect(source.mostAsking).toBeLessThanOrEqual(1);
            const inAdvance = source.pulls + source.asking - floor.started.length;
            expect(inAdvance).toBeLessThanOrEqual(1 + (keyed ? lookAhead : 0));
            const isWaiting = source.pulls < count && source.asking === 0;
            if (isWaiting && !keyed) expect(floor.running).toHaveLength(window);
          },
        });

        expect(await run.finished).toMatchObject({ outputs: indexes(count).map(resultOf) });
      }),
      { seed, numRuns: 200 },
    );
  });

  it('lets the iterations under way end when the source fails, and then is Failed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        streams,
        fc.constantFrom('iterable', 'async iterable', 'slow'),
        async (scheduler, { count, window, keyed }, kind) => {
          const floor = new ShopFloor(scheduler);
          const source = new CountingSource(indexes(count + 1), count);
          const items = kind === 'slow' ? source.slowly(scheduler) : source.as(kind);
          const options = { concurrency: window, ...(keyed && { key: keyOf }) };
          const run = start(loopOver(items, floor, options), undefined, { clock: virtualClock() });

          await exploreSchedule(scheduler);

          const { status, results } = await run.finished;
          expect(status).toBe('Failed');
          expect(results[0]?.error?.message).toContain('The source fails, as planned.');
          expect(floor.ended.toSorted((a, b) => a - b)).toEqual(indexes(floor.started.length));
          expect(results[0]?.iterations?.map((one) => one.status)).toEqual(
            floor.started.map(() => 'Succeeded'),
          );
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('ends on a cancel at any step, although the stream does not answer any more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        streams,
        fc.nat(10),
        async (scheduler, { count, window }, lastStep) => {
          const clock = virtualClock();
          const floor = new ShopFloor(scheduler);
          const source = new CountingSource(indexes(count));
          const stream = source.slowly(scheduler);
          const run = start(loopOver(stream, floor, { concurrency: window }), undefined, { clock });
          let status: string | undefined;
          const ending = run.finished.then((result) => {
            status = result.status;
          });

          await rest();
          for (let step = 0; step < lastStep && scheduler.count() > 0; step++) {
            await scheduler.waitNext(1);
            await rest();
          }
          const wasOpen = status === undefined && source.asking > 0;
          run.cancel('enough');
          await rest();

          expect(status).toBeDefined();
          expect(floor.running).toEqual([]);
          expect(clock.pending).toBe(0);
          if (wasOpen) {
            expect(status).toBe('Cancelled');
            expect(source.closed, 'return() calls').toBe(1);
          }
          const started = floor.started.length;
          await exploreSchedule(scheduler);
          expect(floor.started, 'started after the cancel').toHaveLength(started);
          await ending;
        },
      ),
      { seed, numRuns: 200 },
    );
  });
});

function loopOver(
  items: Iterable<number> | AsyncIterable<number>,
  floor: ShopFloor,
  options: { readonly concurrency: number },
): Workflow<undefined, string[]> {
  return workflow('Stream', (flow) =>
    flow.forEach(
      'Loop',
      [],
      () => items,
      (each) => each.action('Work', ({ item, signal }) => floor.work(item, signal)),
      options,
    ),
  );
}

function keyOf(item: number): number {
  return item % 2;
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
