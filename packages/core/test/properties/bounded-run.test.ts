/**
 * `maxConcurrentActions` under random schedules: a bound on the handlers of a whole run, however its
 * containers are nested, that is used up and never leads to a deadlock.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { start, workflow } from '../../src/index.ts';
import { seed } from './seed.ts';
import { ShopFloor } from './shop-floor.ts';

interface Shape {
  readonly most: number;
  /** Items of the outer loop, and of the inner loop for each. */
  readonly outer: number;
  readonly inner: number;
  readonly window: number;
  /** Scopes beside the loop, of one action each. */
  readonly siblings: number;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  most: fc.integer({ min: 1, max: 4 }),
  outer: fc.integer({ min: 0, max: 4 }),
  inner: fc.integer({ min: 0, max: 3 }),
  window: fc.integer({ min: 1, max: 5 }),
  siblings: fc.integer({ min: 0, max: 4 }),
});

describe('a run with maxConcurrentActions', () => {
  it('never has more handlers at work, has as many as it can, and comes to an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), shapes, async (scheduler, shape) => {
        const floor = new ShopFloor<string>(scheduler);
        const { most, outer, inner, window, siblings } = shape;
        const flow = workflow('Bounded', (flow) => {
          for (const name of names(siblings)) {
            flow.scope(name, [], (scope) => {
              scope.action('Work', ({ path, signal }) => floor.work(path, signal));
            });
          }
          flow.forEach(
            'Outer',
            [],
            () => names(outer),
            (each) => {
              each.forEach(
                'Inner',
                [],
                () => names(inner),
                (item) => item.action('Work', ({ path, signal }) => floor.work(path, signal)),
                { concurrency: window },
              );
            },
            { concurrency: window },
          );
        });
        const run = start(flow, undefined, { clock: virtualClock(), maxConcurrentActions: most });

        await exploreSchedule(scheduler, {
          atRest: () => {
            const possible = Math.min(most, readyHandlers(floor.ended, shape));
            expect(floor.running, 'handlers at work').toHaveLength(possible);
          },
        });

        expect((await run.finished).status).toBe('Succeeded');
        expect(floor.ended).toHaveLength(siblings + outer * inner);
      }),
      { seed, numRuns: 200 },
    );
  });
});

/** How many handlers would be at work without a bound, once these have ended. */
function readyHandlers(
  ended: readonly string[],
  { outer, inner, window, siblings }: Shape,
): number {
  const endedIn = (container: string) =>
    ended.filter((path) => path.startsWith(`${container}/`)).length;
  const openScopes = names(siblings).filter((name) => endedIn(name) === 0);
  const openItems = names(outer)
    .map((_, index) => inner - endedIn(`Outer[${index}]`))
    .filter((left) => left > 0)
    .slice(0, window)
    .map((left) => Math.min(left, window));
  return openItems.reduce((sum, handlers) => sum + handlers, openScopes.length);
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `S${index}`);
}
