/**
 * Random workflows whose handlers are called in other processes, which die at their work, while those who
 * schedule the run come to their ends as well: they end as the oracle says, and what has an outcome, or
 * was reported, is not called again.
 */
import { describe, expect, it } from 'vitest';
import { type Crash, randomCrashes } from '../model/crash.ts';
import { dataWorkflow } from '../model/data-workflow.ts';
import { seededDraw } from '../model/draw.ts';
import { durableComplaints } from '../model/durable-complaints.ts';
import { runDurably } from '../model/durable-run.ts';
import { expectRun } from '../model/oracle.ts';
import { edgesOnly, type Plan } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import type { Form } from '../model/run-plan.ts';
import { smallest } from '../model/smaller-plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { reportCase, writesOf } from './check-crashes.ts';
import { isClear } from './check-plans.ts';
import { seed, seedHint } from './seed.ts';

/** They take seconds; the limit is for machines on which everything else runs as well. */
const timeout = 120_000;

const typed = { form: typedWorkflow, adapt: (plan: Plan) => plan };
const data = { form: dataWorkflow, adapt: edgesOnly };

interface RemoteCase {
  readonly plan: Plan;
  readonly form: Form;
  readonly timed: boolean;
  readonly crashes: readonly Crash[];
  readonly lag: number;
  /** Another one, another order of what happens elsewhere. */
  readonly schedule: string;
}

describe('a random workflow whose handlers are called elsewhere', { timeout }, () => {
  it.each([
    { label: 'remote, typed builder', count: 12, timed: false, ...typed },
    { label: 'remote, data form', count: 8, timed: false, ...data },
    { label: 'remote, typed builder, time-outs and cancels', count: 12, timed: true, ...typed },
    { label: 'remote, data form, time-outs and cancels', count: 8, timed: true, ...data },
  ])('ends as the oracle says: $count graphs, $label', async ({ label, count, ...options }) => {
    let ends = 0;
    for (let index = 0, checked = 0; checked < count; index++) {
      const { form, timed, adapt } = options;
      const draw = seededDraw(`${seed} ${label} ${index}`);
      const plan = adapt(randomPlan(draw, { timed, durable: true }));
      if (!isClear(plan)) continue;
      checked++;
      const writes = await writesOf(plan, { form, timed });
      for (const crashes of [[], randomCrashes(draw, { writes, downtime: !timed })]) {
        const schedule = `${seed} ${label} ${index}`;
        const remote = { form, timed, plan, crashes, schedule, lag: draw(0, 2) };
        ends += await check(remote, `Plan ${index} of ${label}:`);
      }
    }

    expect(ends).toBeGreaterThan(count);
  });
});

/** @returns how many of the processes that schedule came to an early end. */
async function check(remote: RemoteCase, where: string): Promise<number> {
  const { complaints, lives } = await judge(remote);
  if (complaints.length === 0) return lives - 1;
  let small = remote;
  const fails = async (smaller: RemoteCase): Promise<boolean> => {
    if (!isClear(smaller.plan) || (await complaintsOf(smaller)).length === 0) return false;
    small = smaller;
    return true;
  };
  await fails({ ...small, lag: 0 });
  for (let at = small.crashes.length - 1; at >= 0; at--) {
    await fails({ ...small, crashes: small.crashes.toSpliced(at, 1) });
  }
  await smallest(small.plan, (plan) => fails({ ...small, plan }));
  const reasons = (await judge(small)).complaints;
  throw new Error(`${seedHint} ${where}\n${reportCase(small, reasons)}`);
}

async function judge({ plan, form, timed, crashes, lag, schedule }: RemoteCase) {
  const uninterrupted = await runDurably(plan, { form, timed, crashes: [], stored: false });
  const turns = seededDraw('lag');
  const durable = await runDurably(plan, {
    ...{ form, timed, crashes, elsewhere: seededDraw(schedule) },
    lag: () => turns(0, lag),
  });
  const judgement = { plan, expected: expectRun(plan), uninterrupted, compareTimes: timed };
  return { complaints: durableComplaints(durable, judgement), lives: durable.lives };
}

/** A smaller plan may no longer be a valid definition; then it shows nothing. */
async function complaintsOf(remote: RemoteCase): Promise<readonly string[]> {
  try {
    return (await judge(remote)).complaints;
  } catch {
    return [];
  }
}
