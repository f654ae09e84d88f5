/**
 * Keyed loops under random schedules: one key never twice at once and in item order, a bounded look
 * ahead, and no idle slot that an item within the look-ahead could use.
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

const keyedLoops = fc.record({
  /** The key of each item, by its position. */
  keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 16 }),
  window: fc.integer({ min: 1, max: 4 }),
  lookAhead: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  kind: fc.constantFrom<SourceKind>('array', 'iterable', 'async iterable'),
  /** Items that fail: the next one of their key runs all the same. */
  failing: fc.uniqueArray(fc.nat(15), { maxLength: 3 }),
});

describe('a keyed loop', () => {
  it('runs one item of a key at a time, in item order, and looks ahead only so far', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), keyedLoops, async (scheduler, loop) => {
        const { keys, window, lookAhead = 4 * window } = loop;
        const floor = new ShopFloor(scheduler);
        const source = new CountingSource(keys.map((_, index) => index));
        const isFailing = (item: number) => loop.failing.includes(item);
        const flow = workflow('Keyed', (flow) =>
          flow.forEach(
            'Loop',
            [],
            () => source.as(loop.kind),
            (each) =>
              each.action('Work', ({ item, signal }) => floor.work(item, signal, isFailing(item))),
            {
              concurrency: window,
              key: (item) => keys[item] as string,
              ...(loop.lookAhead !== undefined && { lookAhead: loop.lookAhead }),
            },
          ),
        );
        const run = start(flow, undefined, { clock: virtualClock() });

        await exploreSchedule(scheduler, {
          atRest: () => {
            const { running, started } = floor;
            const busy = running.map((item) => keys[item]);
            expect(running.length).toBeLessThanOrEqual(window);
            expect(new Set(busy).size, 'keys at work').toBe(busy.length);
            for (const key of new Set(keys)) {
              const ofKey = started.filter((item) => keys[item] === key);
              expect(ofKey, `items of key ${key}`).toEqual(ofKey.toSorted((a, b) => a - b));
            }
            if (loop.kind !== 'array') {
              expect(source.pulls).toBeLessThanOrEqual(started.length + lookAhead);
            }
            const reachable = withinReach(keys, started, lookAhead);
            const idle = reachable.filter((item) => !busy.includes(keys[item]));
            if (running.length < window) expect(idle, 'could run').toEqual([]);
          },
        });

        const result = await run.finished;
        expect(floor.ended).toHaveLength(keys.length);
        if (keys.some((_, item) => isFailing(item))) expect(result.status).toBe('Failed');
        else expect(result).toMatchObject({ outputs: keys.map((_, item) => resultOf(item)) });
      }),
      { seed, numRuns: 500 },
    );
  });

  it('fails the items that get no key, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), keyedLoops, async (scheduler, loop) => {
        const { keys, window, failing } = loop;
        const floor = new ShopFloor(scheduler);
        const flow = workflow('No_Key', (flow) => {
          flow.forEach(
            'Loop',
            [],
            () => keys.map((_, index) => index),
            (each) => each.action('Work', ({ item, signal }) => floor.work(item, signal)),
            {
              concurrency: window,
              key: (item) => {
                if (failing.includes(item)) throw new Error('No key, as planned.');
                return keys[item] as string;
              },
            },
          );
        });
        const run = start(flow, undefined, { clock: virtualClock() });

        await exploreSchedule(scheduler);

        const { results } = await run.finished;
        expect(results[0]?.iterations?.map(({ status }) => status)).toEqual(
          keys.map((_, item) => (failing.includes(item) ? 'Failed' : 'Succeeded')),
        );
        expect(floor.ended.toSorted((a, b) => a - b)).toEqual(
          keys.map((_, item) => item).filter((item) => !failing.includes(item)),
        );
      }),
      { seed, numRuns: 100 },
    );
  });

  it('never lets the items of different keys wait for one another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), keyedLoops, async (scheduler, { keys, window }) => {
        const floor = new ShopFloor(scheduler);
        const blocked = new Barrier();
        const flow = workflow('One_Key_Hangs', (flow) => {
          flow.forEach(
            'Loop',
            [],
            () => keys.map((_, index) => index),
            (each) =>
              each.action('Work', async ({ item, signal }) => {
                if (keys[item] === 'a') await blocked.lifted;
                return floor.work(item, signal);
              }),
            { concurrency: window + 1, key: (item) => keys[item] as string, lookAhead: 16 },
          );
        });
        const run = start(flow, undefined, { clock: virtualClock() });

        await exploreSchedule(scheduler);
        expect(floor.ended).toHaveLength(keys.filter((key) => key !== 'a').length);

        blocked.lift();
        await exploreSchedule(scheduler);
        expect((await run.finished).status).toBe('Succeeded');
        expect(floor.ended).toHaveLength(keys.length);
      }),
      { seed, numRuns: 100 },
    );
  });
});

/**
 * The items that wait and that the loop can know of: of those not started, the first `lookAhead`.
 * A loop that holds back so many reads no further.
 */
function withinReach(
  keys: readonly string[],
  started: readonly number[],
  lookAhead: number,
): number[] {
  const waiting = keys.map((_, item) => item).filter((item) => !started.includes(item));
  return waiting.slice(0, lookAhead);
}
