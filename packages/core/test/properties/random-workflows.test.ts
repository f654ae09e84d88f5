/**
 * Random workflows against the oracle: statuses, times, values and calls, in both forms.
 * @module
 */
import { inspect } from 'node:util';
import { seededRandom } from '@runafter/clock';
import { jitterExecutor } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataWorkflow } from '../model/data-workflow.ts';
import { chance, seededDraw, shrinkingDraw } from '../model/draw.ts';
import { expectRun } from '../model/oracle.ts';
import { edgesOnly, type Plan } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import { type RunPlanOptions, runPlan } from '../model/run-plan.ts';
import { smallest } from '../model/smaller-plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { seed, seedHint } from './seed.ts';

/** They take seconds; the limit is for machines on which everything else runs as well. */
const timeout = 120_000;

describe('a random workflow', { timeout }, () => {
  it('ends as the oracle says: 1,200 graphs of the typed builder', async () => {
    await checkPlans('typed', 1_200, { timed: false }, { form: typedWorkflow });
  });

  it('ends as the oracle says: 600 graphs of the data form', async () => {
    await checkPlans('data', 600, { timed: false }, { form: dataWorkflow }, edgesOnly);
  });

  it('ends as the oracle says when time runs out or it is cancelled: 1,200 graphs', async () => {
    await checkPlans('timed', 1_200, { timed: true }, { form: typedWorkflow });
  });

  it('ends as the oracle says when time runs out in the data form: 400 graphs', async () => {
    await checkPlans('timed data', 400, { timed: true }, { form: dataWorkflow }, edgesOnly);
  });

  it('ends as the oracle says, with fast-check looking for a small counterexample', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.boolean(), async (generate, timed) => {
        const plan = randomPlan(shrinkingDraw(generate), { timed });
        fc.pre(expectRun(plan).ties.length === 0);
        const complaints = await runPlan(plan, { form: typedWorkflow });
        if (complaints.length > 0) throw new Error(report(plan, complaints));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('does not depend on when siblings start: 500 graphs, each start up to 2 s late', async () => {
    await checkPlans(
      'jitter',
      500,
      { timed: false },
      {
        form: typedWorkflow,
        compareTimes: false,
        executor: (clock) => jitterExecutor({ clock, random: seededRandom(seed) }),
      },
    );
  });

  it('does not depend on how many handlers may run at once: 500 graphs, 1 to 4 at once', async () => {
    for (const most of [1, 2, 3, 4]) {
      await checkPlans(
        `at most ${most}`,
        125,
        { timed: false },
        {
          form: typedWorkflow,
          compareTimes: false,
          maxConcurrentActions: most,
        },
      );
    }
  });
});

describe('the random plans', () => {
  it('hold every kind of node, every status, and few ties', () => {
    const plans = Array.from({ length: 500 }, (_, index) =>
      randomPlan(seededDraw(`${seed} ${index}`), { timed: chance(seededDraw(index), 50) }),
    );
    const runs = plans.map(expectRun);
    const statuses = new Set(runs.map(({ status }) => status));

    expect(statuses, seedHint).toEqual(new Set(['Succeeded', 'Failed', 'TimedOut', 'Cancelled']));
    expect(runs.filter(({ ties }) => ties.length > 0).length, seedHint).toBeLessThan(50);
  });
});

/** Runs `count` plans, leaving out those in which two moments coincide, and fails on the first complaint. */
async function checkPlans(
  label: string,
  count: number,
  planOptions: { readonly timed: boolean },
  runOptions: RunPlanOptions,
  adapt: (plan: Plan) => Plan = (plan) => plan,
): Promise<void> {
  for (let index = 0, checked = 0; checked < count; index++) {
    const plan = adapt(randomPlan(seededDraw(`${seed} ${label} ${index}`), planOptions));
    if (expectRun(plan).ties.length > 0) continue;
    checked++;
    const complaints = await runPlan(plan, runOptions);
    if (complaints.length === 0) continue;
    const small = await smallest(plan, (smaller) => isWrong(smaller, runOptions));
    const reasons = await complaintsAbout(small, runOptions);
    throw new Error(`${seedHint} Plan ${index} of ${label}:\n${report(small, reasons)}`);
  }
}

/** Whether a plan can be judged, and the engine gets it wrong. */
async function isWrong(plan: Plan, options: RunPlanOptions): Promise<boolean> {
  const { ties, end } = expectRun(plan);
  if (ties.length > 0 || end === Number.POSITIVE_INFINITY) return false;
  return (await complaintsAbout(plan, options)).length > 0;
}

/** A smaller plan may no longer be a valid definition; then it shows nothing. */
async function complaintsAbout(plan: Plan, options: RunPlanOptions): Promise<string[]> {
  try {
    return await runPlan(plan, options);
  } catch {
    return [];
  }
}

function report(plan: Plan, complaints: readonly string[]): string {
  const shown = complaints.slice(0, 20).join('\n');
  return `${shown}\n${inspect(plan, { depth: null, breakLength: 120 })}`;
}
