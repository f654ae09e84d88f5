/**
 * A cancel at any step of any schedule: nothing runs on, nothing starts any more, and every record
 * says how it ended.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settled, start, type Workflow, workflow } from '../../src/index.ts';
import type { Recorded } from '../model/compare.ts';
import { seed } from './seed.ts';
import { ShopFloor } from './shop-floor.ts';
import { CountingSource, type SourceKind } from './sources.ts';

const cancels = fc.record({
  count: fc.integer({ min: 0, max: 8 }),
  window: fc.integer({ min: 1, max: 4 }),
  kind: fc.constantFrom<SourceKind>('array', 'iterable', 'async iterable'),
  keyed: fc.boolean(),
  atStep: fc.integer({ min: 0, max: 20 }),
});

describe('a cancel', () => {
  it('at any step leaves nothing running and every record with an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), cancels, async (scheduler, plan) => {
        const clock = virtualClock();
        const floor = new ShopFloor<string>(scheduler);
        const source = new CountingSource(Array.from({ length: plan.count }, (_, index) => index));
        const run = start(busyWorkflow(floor, source, plan), undefined, { clock });
        let finished = false;
        const ending = run.finished.then((result) => {
          finished = true;
          return result;
        });
        let startedBefore: number | undefined;

        await exploreSchedule(scheduler, {
          atRest: async (step) => {
            if (step !== plan.atStep || finished) return;
            run.cancel('enough');
            startedBefore = floor.started.length;
            for (let turn = 0; turn < 3; turn++) {
              await new Promise((resolve) => setImmediate(resolve));
            }
            expect(floor.running, 'at work after the cancel').toEqual([]);
            expect(finished, 'finished after the cancel').toBe(true);
          },
        });

        const result = await ending;
        expect(clock.pending, 'timers left').toBe(0);
        expect(result.unsettled).toEqual([]);
        for (const record of everyRecord(result.results as unknown as readonly Recorded[])) {
          expect(['Succeeded', 'Failed', 'Skipped', 'TimedOut', 'Cancelled']).toContain(
            record.status,
          );
          expect(record.endTime.getTime()).toBeGreaterThanOrEqual(record.startTime.getTime());
        }
        if (startedBefore === undefined) {
          expect(result.status).toBe('Succeeded');
        } else {
          expect(result.status).toBe('Cancelled');
          expect(floor.started, 'started after the cancel').toHaveLength(startedBefore);
          const isOpen = source.pulls > 0 && source.pulls < plan.count;
          if (plan.kind !== 'array' && isOpen) expect(source.closed, 'return() calls').toBe(1);
        }
        expect(source.closed, 'return() calls').toBeLessThanOrEqual(1);
      }),
      { seed, numRuns: 400 },
    );
  });

  it('twice, or after the end, changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(8), async (scheduler, atStep) => {
        const floor = new ShopFloor<string>(scheduler);
        const source = new CountingSource([0, 1, 2]);
        const plan = { count: 3, window: 2, kind: 'array', keyed: false, atStep } as const;
        const run = start(busyWorkflow(floor, source, plan), undefined, { clock: virtualClock() });

        await exploreSchedule(scheduler, {
          atRest: (step) => {
            if (step === atStep) run.cancel('first');
            if (step >= atStep) run.cancel('again');
          },
        });
        const result = await run.finished;
        const before = structuredClone(summary(result.results as unknown as readonly Recorded[]));
        run.cancel('late');
        await exploreSchedule(scheduler);

        expect(await run.finished).toBe(result);
        expect(summary(result.results as unknown as readonly Recorded[])).toEqual(before);
      }),
      { seed, numRuns: 50 },
    );
  });
});

interface BusyPlan {
  readonly window: number;
  readonly kind: SourceKind;
  readonly keyed: boolean;
}

/** Something of everything at once: a chain, a scope, a loop and a branch, side by side and in a row. */
function busyWorkflow(
  floor: ShopFloor<string>,
  source: CountingSource<number>,
  { window, kind, keyed }: BusyPlan,
): Workflow<undefined, void> {
  return workflow('Busy', (flow) => {
    const first = flow.action('First', ({ path, signal }) => floor.work(path, signal));
    const scope = flow.scope('Scope', [first], (scope) => {
      const a = scope.action('A', ({ path, signal }) => floor.work(path, signal));
      const b = scope.action('B', ({ path, signal }) => floor.work(path, signal));
      scope.action('C', [a, settled(b)], (_, { path, signal }) => floor.work(path, signal));
    });
    const loop = flow.forEach(
      'Loop',
      [],
      () => source.as(kind),
      (each) => {
        const one = each.action('One', ({ path, signal }) => floor.work(path, signal));
        each.action('Two', [one], (_, { path, signal }) => floor.work(path, signal));
      },
      { concurrency: window, ...(keyed && { key: (item: number) => item % 2 }) },
    );
    flow.condition('Check', [loop], () => true, {
      then: (branch) => {
        branch.action('Yes', ({ path, signal }) => floor.work(path, signal));
      },
      else: (branch) => {
        branch.action('No', ({ path, signal }) => floor.work(path, signal));
      },
    });
    flow.action('Last', [settled(scope), settled(loop)], (_, { path, signal }) =>
      floor.work(path, signal),
    );
  });
}

function* everyRecord(records: readonly Recorded[]): Generator<Recorded> {
  for (const record of records) {
    yield record;
    yield* everyRecord(record.results);
    yield* everyRecord(record.iterations ?? []);
  }
}

function summary(records: readonly Recorded[]): [string | undefined, string][] {
  return [...everyRecord(records)].map(({ path, status }) => [path, status]);
}
