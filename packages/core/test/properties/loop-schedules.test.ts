/**
 * The window of a loop, under every order in which its iterations may end that fast-check tries.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { start, workflow } from '../../src/index.ts';
import { seed } from './seed.ts';
import { Barrier, resultOf, ShopFloor } from './shop-floor.ts';
import { CountingSource, type SourceKind } from './sources.ts';

const sourceKind = fc.constantFrom<SourceKind>('array', 'iterable', 'async iterable');

const loops = fc.record({
  count: fc.integer({ min: 0, max: 12 }),
  window: fc.integer({ min: 1, max: 5 }),
  kind: sourceKind,
  /** Iterations that fail, modulo their number. */
  failing: fc.uniqueArray(fc.nat(11), { maxLength: 3 }),
  /** Whether an iteration is two actions, one after the other. */
  twoSteps: fc.boolean(),
});

describe('a loop with a window', () => {
  it('is never over its window and never under it while items wait, and keeps item order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), loops, async (scheduler, { count, window, ...loop }) => {
        const floor = new ShopFloor(scheduler);
        const source = new CountingSource(indexes(count));
        const isFailing = (index: number) => loop.failing.includes(index);
        const flow = workflow('Loop', (flow) =>
          flow.forEach(
            'Loop',
            [],
            () => source.as(loop.kind),
            (each) => {
              const first = each.action('First', ({ index, signal }) =>
                floor.work(index, signal, isFailing(index)),
              );
              if (!loop.twoSteps) return first;
              return each.action('Second', [first], (_, { index, signal }) =>
                floor.work(index, signal),
              );
            },
            { concurrency: window },
          ),
        );
        const run = start(flow, undefined, { clock: virtualClock() });

        const first = new Set<number>();
        await exploreSchedule(scheduler, {
          atRest: () => {
            for (const index of floor.started) first.add(index);
            const waiting = count - first.size;
            expect(floor.running.length).toBeLessThanOrEqual(window);
            if (waiting > 0) expect(floor.running.length).toBe(window);
            expect([...first]).toEqual(indexes(first.size));
            if (loop.kind !== 'array') expect(source.pulls).toBeLessThanOrEqual(first.size + 1);
          },
        });

        const result = await run.finished;
        const fails = indexes(count).some(isFailing);
        expect(result.status).toBe(fails ? 'Failed' : 'Succeeded');
        const { iterations = [] } = result.results[0] as { iterations?: readonly Ended[] };
        expect(iterations.map(({ index }) => index)).toEqual(indexes(count));
        expect(iterations.map(({ status }) => status)).toEqual(
          indexes(count).map((index) => (isFailing(index) ? 'Failed' : 'Succeeded')),
        );
        if (result.status === 'Succeeded') {
          expect(result.outputs).toEqual(indexes(count).map(resultOf));
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it('goes on with all other items while one of them takes for ever', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 2, max: 4 }),
        fc.nat(),
        async (scheduler, count, window, choice) => {
          const slow = choice % count;
          const floor = new ShopFloor(scheduler);
          const slowEnd = new Barrier();
          const flow = workflow('Slow_Item', (flow) =>
            flow.forEach(
              'Loop',
              [],
              () => indexes(count),
              (each) =>
                each.action('Work', async ({ index, signal }) => {
                  if (index === slow) await slowEnd.lifted;
                  return floor.work(index, signal);
                }),
              { concurrency: window },
            ),
          );
          const run = start(flow, undefined, { clock: virtualClock() });

          await exploreSchedule(scheduler);
          expect(floor.ended.toSorted((a, b) => a - b)).toEqual(
            indexes(count).filter((index) => index !== slow),
          );

          slowEnd.lift();
          await exploreSchedule(scheduler);
          const result = await run.finished;
          expect(result).toMatchObject({ outputs: indexes(count).map(resultOf) });
        },
      ),
      { seed, numRuns: 100 },
    );
  });

  it('inside another loop is sequential unless it says otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (scheduler, count, window) => {
          const floor = new ShopFloor<string>(scheduler);
          const flow = workflow('Nested', (flow) => {
            flow.forEach(
              'Outer',
              [],
              () => indexes(count),
              (outer) => {
                outer.forEach(
                  'Inner',
                  [outer.index],
                  ([index]) => indexes(3).map((inner) => `${index}.${inner}`),
                  (inner) => inner.action('Work', ({ item, signal }) => floor.work(item, signal)),
                );
              },
              { concurrency: window },
            );
          });
          const run = start(flow, undefined, { clock: virtualClock() });

          await exploreSchedule(scheduler, {
            atRest: () => {
              const outer = floor.running.map((item) => item.split('.')[0]);
              expect(new Set(outer).size).toBe(outer.length);
              expect(outer.length).toBeLessThanOrEqual(window);
            },
          });

          expect((await run.finished).status).toBe('Succeeded');
          expect(floor.ended).toHaveLength(count * 3);
        },
      ),
      { seed, numRuns: 100 },
    );
  });
});

interface Ended {
  readonly index: number;
  readonly status: string;
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
