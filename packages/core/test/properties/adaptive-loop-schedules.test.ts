/**
 * Adaptive loops, and a bounded map, under random schedules in which the degree changes at any moment.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc, { type Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedMap, start, workflow } from '../../src/index.ts';
import { SettableLimiter } from '../engine/settable-limiter.ts';
import { seed } from './seed.ts';
import { resultOf, ShopFloor } from './shop-floor.ts';
import { CountingSource } from './sources.ts';

const most = 6;

const loops = fc.record({
  count: fc.integer({ min: 0, max: 14 }),
  degree: fc.integer({ min: 1, max: most }),
  /** What the degree becomes, at moments that the schedule chooses. */
  changes: fc.array(fc.integer({ min: 1, max: most + 2 }), { maxLength: 6 }),
  kind: fc.constantFrom('array', 'iterable', 'async iterable', 'slow stream'),
  failing: fc.uniqueArray(fc.nat(13), { maxLength: 3 }),
  keys: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});

describe('while the degree changes', () => {
  it('a loop starts nothing above it, runs every item once, fills up, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), loops, async (scheduler, loop) => {
        const { count, degree, keys } = loop;
        const floor = new ShopFloor(scheduler);
        const limiter = new SettableLimiter(degree, most);
        const source = new CountingSource(indexes(count));
        const isFailing = (item: number) => loop.failing.includes(item);
        const flow = workflow('Adaptive', (flow) =>
          flow.forEach(
            'Loop',
            [],
            () => itemsOf(source, loop.kind, scheduler),
            (each) =>
              each.action('Work', ({ item, signal }) => floor.work(item, signal, isFailing(item))),
            { concurrency: limiter, ...(keys && { key: (item: number) => item % keys }) },
          ),
        );
        const run = start(flow, undefined, { clock: virtualClock() });
        const above: string[] = [];
        let open = 0;
        run.events.subscribe(({ type }) => {
          if (type === 'iteration.ended') open--;
          if (type === 'iteration.started' && ++open > boundOf(limiter)) {
            above.push(`${open} at a degree of ${limiter.degree}`);
          }
        });
        scheduleChanges(scheduler, limiter, loop.changes);

        await exploreSchedule(scheduler, {
          atRest: () => {
            expect(above).toEqual([]);
            const left = count - floor.started.length;
            if (keys === undefined && left > 0 && source.asking === 0) {
              expect(open).toBeGreaterThanOrEqual(boundOf(limiter));
            }
          },
        });

        const result = await run.finished;
        expect(floor.started.toSorted((a, b) => a - b)).toEqual(indexes(count));
        expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
        expect(limiter.heard.filter((error) => error !== undefined)).toHaveLength(
          indexes(count).filter(isFailing).length,
        );
        if (result.status === 'Succeeded') {
          expect(result.outputs).toEqual(indexes(count).map(resultOf));
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it('so does a bounded map', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), loops, async (scheduler, { count, degree, ...map }) => {
        const floor = new ShopFloor(scheduler);
        const limiter = new SettableLimiter(degree, most);
        const { signal } = new AbortController();
        const mapped = boundedMap(
          itemsOf(new CountingSource(indexes(count)), map.kind, scheduler),
          { concurrency: limiter },
          (item) => {
            expect(floor.running.length).toBeLessThan(boundOf(limiter));
            return floor.work(item, signal);
          },
        );
        scheduleChanges(scheduler, limiter, map.changes);
        await exploreSchedule(scheduler);

        expect(await mapped).toEqual(indexes(count).map(resultOf));
        expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
      }),
      { seed, numRuns: 200 },
    );
  });
});

function itemsOf(
  source: CountingSource<number>,
  kind: 'array' | 'iterable' | 'async iterable' | 'slow stream',
  scheduler: Scheduler,
): Iterable<number> | AsyncIterable<number> {
  return kind === 'slow stream' ? source.slowly(scheduler) : source.as(kind);
}

function boundOf({ degree }: SettableLimiter): number {
  return Math.min(degree, most);
}

/** One after the other, each at a moment of its own. */
function scheduleChanges(
  scheduler: Scheduler,
  limiter: SettableLimiter,
  changes: readonly number[],
): void {
  void (async () => {
    for (const degree of changes) {
      await scheduler.schedule(Promise.resolve(), `degree ${degree}`);
      limiter.degree = degree;
    }
  })();
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
