/**
 * Random workflows: statuses, times, values, calls and events, in both forms, judged by the oracle;
 * and by the rules alone where chance decides when handlers begin.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import { jitterExecutor } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataWorkflow } from '../model/data-workflow.ts';
import { chance, seededDraw, shrinkingDraw } from '../model/draw.ts';
import { everything } from '../model/expected.ts';
import { byOracle, byOracleWithoutTimes, byRules } from '../model/judge.ts';
import { expectRun } from '../model/oracle.ts';
import { edgesOnly, everyNode } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import type { RunPlanOptions } from '../model/run-plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { checkPlans, isClear, report } from './check-plans.ts';
import { seed, seedHint } from './seed.ts';

/** They take seconds; the limit is for machines on which everything else runs as well. */
const timeout = 120_000;

const typed: RunPlanOptions = { form: typedWorkflow };
const data = { form: dataWorkflow, adapt: edgesOnly };

const late: Pick<RunPlanOptions, 'executor'> = {
  executor: (clock) => jitterExecutor({ clock, random: seededRandom(seed) }),
};

describe('a random workflow', { timeout }, () => {
  it.each([
    { label: 'typed builder', count: 1_000, timed: false, ...typed },
    { label: 'data form', count: 500, timed: false, ...data },
    { label: 'typed builder, time-outs and cancels', count: 1_000, timed: true, ...typed },
    { label: 'data form, time-outs and cancels', count: 300, timed: true, ...data },
  ])('ends as the oracle says: $count graphs, $label', async (options) => {
    await checkPlans({ ...options, judge: byOracle });
  });

  it('ends as the oracle says, with fast-check looking for a small counterexample', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.boolean(), async (generate, timed) => {
        const plan = randomPlan(shrinkingDraw(generate), { timed });
        fc.pre(isClear(plan));
        const complaints = await byOracle(plan, typed);
        if (complaints.length > 0) throw new Error(report(plan, complaints));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('ends alike whenever siblings start: 300 graphs, each start up to 2 s late', async () => {
    const options = { label: 'jitter', count: 300, timed: false, ...typed, ...late };
    await checkPlans({ ...options, judge: byOracleWithoutTimes });
  });

  it.each([1, 2, 3, 4])('ends alike with %i handlers at once: 75 graphs', async (most) => {
    const options = { label: `at most ${most}`, count: 75, timed: false, ...typed };
    await checkPlans({ ...options, judge: byOracleWithoutTimes, maxConcurrentActions: most });
  });

  it.each([
    { label: 'late starts', ...late },
    { label: 'two handlers at once', maxConcurrentActions: 2 },
    { label: 'late starts, three handlers at once', maxConcurrentActions: 3, ...late },
  ])(
    'obeys the rules when time runs out or it is cancelled: 200 graphs, $label',
    async (chances) => {
      await checkPlans({ ...chances, count: 200, timed: true, ...typed, judge: byRules });
    },
  );
});

describe('the random plans', () => {
  const plans = Array.from({ length: 500 }, (_, index) =>
    randomPlan(seededDraw(`${seed} ${index}`), { timed: chance(seededDraw(index), 50) }),
  );

  it('hold every kind of node', () => {
    const kinds = plans.flatMap(({ body }) => [...everyNode(body)]).map(({ kind }) => kind);

    expect(new Set(kinds), seedHint).toEqual(
      new Set(['action', 'delay', 'scope', 'condition', 'switch', 'forEach', 'until']),
    );
  });

  it('end in every status, at every level', () => {
    const runs = plans.map(expectRun);
    const inside = runs.flatMap(everything).map(({ status }) => status);
    const ends = ['Succeeded', 'Failed', 'TimedOut', 'Cancelled'];

    expect(new Set(runs.map(({ status }) => status)), seedHint).toEqual(new Set(ends));
    expect(new Set(inside), seedHint).toEqual(new Set([...ends, 'Skipped']));
  });

  it('are rarely left out because two moments coincide', () => {
    expect(plans.filter(isClear).length, seedHint).toBeGreaterThan(450);
  });
});
