/**
 * Random workflows whose processes die at random writes, as often as five times: resumed to the end,
 * they end as the oracle says, and nothing that has an outcome is done again.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataWorkflow } from '../model/data-workflow.ts';
import { shrinkingDraw } from '../model/draw.ts';
import { edgesOnly } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { checkCrashes, judgeCase, randomCase, reportCase, writesOf } from './check-crashes.ts';
import { isClear } from './check-plans.ts';
import { seed } from './seed.ts';

/** They take seconds; the limit is for machines on which everything else runs as well. */
const timeout = 120_000;

const typed = { form: typedWorkflow };
const data = { form: dataWorkflow, adapt: edgesOnly };

describe('a random workflow that crashes', { timeout }, () => {
  it.each([
    { label: 'typed builder', count: 40, runs: 6, timed: false, ...typed },
    { label: 'data form', count: 20, runs: 6, timed: false, ...data },
    { label: 'typed builder, time-outs and cancels', count: 40, runs: 6, timed: true, ...typed },
    { label: 'data form, time-outs and cancels', count: 20, runs: 6, timed: true, ...data },
  ])('ends as the oracle says: $count graphs, $runs times each, $label', async (options) => {
    const ends = await checkCrashes(options);

    expect(ends).toBeGreaterThan(options.count * options.runs);
  });

  it('ends as the oracle says, with fast-check looking for a small counterexample', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.boolean(), async (generate, timed) => {
        const draw = shrinkingDraw(generate);
        const plan = randomPlan(draw, { timed, durable: true });
        fc.pre(isClear(plan));
        const writes = await writesOf(plan, { ...typed, timed });
        const crashing = randomCase(draw, plan, { ...typed, timed, writes });
        const { complaints } = await judgeCase(crashing);
        if (complaints.length > 0) throw new Error(reportCase(crashing, complaints));
      }),
      { seed, numRuns: 50, interruptAfterTimeLimit: 60_000 },
    );
  });
});
