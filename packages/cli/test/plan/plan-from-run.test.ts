/** What if it had been twenty at once? A plan from a run that there has been. */
import { exponential, type VirtualClock, virtualClock } from '@runafter/clock';
import { type Flow, memoryRunStore, readSnapshot, snapshot, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { mergePlans, planFromRun } from '../../src/plan/plan-from-run.ts';
import { planRuns } from '../../src/plan/plan-runs.ts';

/** Items take 1 to 4 s; every fifth is large; the third is throttled once, the fourth fails once. */
const importItems = (clock: VirtualClock) =>
  workflow('Import', (flow: Flow<number>) => {
    const opened = flow.action('Open', async () => clock.sleep('2s'));
    const loop = flow.forEach(
      'Items',
      [opened],
      (_, { input }) => Array.from({ length: input }, (__, n) => n),
      (each) => {
        const read = each.action(
          'Read',
          async ({ item, attempt }) => {
            await clock.sleep(1_000 * (1 + (item % 4)));
            if (item === 3 && attempt === 1) throw Object.assign(new Error('429'), { status: 429 });
            if (item === 4 && attempt === 1) throw new Error('reset');
          },
          { retry: exponential({ count: 3, interval: '1s' }) },
        );
        each.condition('Large', [read], (_, { item }) => item % 5 === 0, {
          then: (then) => void then.action('Approve', async () => clock.sleep('10s')),
        });
      },
    );
    const rounds = flow.until(
      'Poll',
      [loop],
      () => 0,
      (round) => round.action('Ask', async () => clock.sleep('3s')),
      (_, { index }) => index === 3,
    );
    flow.delay('Pause', [rounds], '30s');
  });

const clock = virtualClock({ autoAdvance: true });
const flow = importItems(clock);
const store = memoryRunStore({ clock });
const run = start(flow, 20, { clock, store, runId: 'monday' });
await run.finished;

describe('a plan from a run', () => {
  it('knows its times, items, rounds, branches and failures', () => {
    expect(planFromRun(snapshot(run))).toEqual({
      actions: {
        Open: { duration: 2_000 },
        Items: { items: 20 },
        'Items/Read': { duration: { median: 2_000, p95: 4_000 }, failures: 1 / 21 },
        'Items/Large': { takes: { then: 0.2, else: 0.8 } },
        'Items/Large/then/Approve': { duration: 10_000 },
        Poll: { rounds: 4 },
        'Poll/Ask': { duration: 3_000 },
        Pause: { duration: 30_000 },
      },
    });
  });

  it('is the same of the run as its store has it', async () => {
    const stored = planFromRun(await readSnapshot(store, 'monday', { clock }));
    expect(stored).toEqual(planFromRun(snapshot(run)));
  });

  it('counts the items of a loop that keeps nothing of them', async () => {
    const summary = workflow('Summary', (root: Flow<void>) => {
      root.forEach(
        'Items',
        [],
        () => [1, 2, 3],
        (each) => void each.action('Work', () => undefined),
        { keep: 'summary' },
      );
    });
    const kept = start(summary, undefined, { clock });
    await kept.finished;
    expect(planFromRun(snapshot(kept)).actions?.Items).toEqual({ items: 3 });
  });

  it('predicts that run, and how long another degree would have taken', async () => {
    const { startTime, endTime } = snapshot(run);
    const took = endTime.getTime() - startTime.getTime();
    const plan = planFromRun(snapshot(run));
    const { rows } = await planRuns(flow, plan, { degrees: [1, 20], samples: 20 });
    expect((rows[0]?.makespan.mean ?? 0) / took).toBeGreaterThan(0.85);
    expect((rows[0]?.makespan.mean ?? 0) / took).toBeLessThan(1.15);
    expect(rows[1]?.makespan.mean).toBeLessThan(took / 2);
  });

  it('is laid under what somebody knows better', async () => {
    const plan = mergePlans(planFromRun(snapshot(run)), {
      actions: { Items: { items: 200 }, 'Items/Read': { connector: 'sharePoint' } },
    });
    expect(plan.actions?.['Items/Read']).toEqual({
      duration: { median: 2_000, p95: 4_000 },
      failures: 1 / 21,
      connector: 'sharePoint',
    });
    const { varies, rows } = await planRuns(flow, plan, { degrees: [10], samples: 1 });
    expect(varies).toMatchObject({ items: 200 });
    expect(rows[0]?.calls).toBeGreaterThanOrEqual(200);
  });
});
