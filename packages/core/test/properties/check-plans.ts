/**
 * Runs random plans by the hundred, and reports the first one that goes wrong as small as it can be.
 * @module
 */
import { inspect } from 'node:util';
import { seededDraw } from '../model/draw.ts';
import type { Judge } from '../model/judge.ts';
import { expectRun } from '../model/oracle.ts';
import type { Plan } from '../model/plan.ts';
import { type PlanOptions, randomPlan } from '../model/random-plan.ts';
import type { RunPlanOptions } from '../model/run-plan.ts';
import { smallest } from '../model/smaller-plan.ts';
import { seed, seedHint } from './seed.ts';

export interface CheckOptions extends PlanOptions, RunPlanOptions {
  /** Another label, other plans. */
  readonly label: string;
  readonly count: number;
  readonly judge: Judge;
  /** Changes each plan before it is used. */
  readonly adapt?: (plan: Plan) => Plan;
}

/**
 * Runs `count` plans, not counting those in which two moments coincide.
 *
 * @throws {Error} with the seed, the smallest plan that fails and what is wrong with its run.
 */
export async function checkPlans(options: CheckOptions): Promise<void> {
  const { label, count, adapt = (plan) => plan } = options;
  for (let index = 0, checked = 0; checked < count; index++) {
    const plan = adapt(randomPlan(seededDraw(`${seed} ${label} ${index}`), options));
    if (!isClear(plan)) continue;
    checked++;
    const complaints = await options.judge(plan, options);
    if (complaints.length === 0) continue;
    const fails = async (smaller: Plan) =>
      isClear(smaller) && (await complaintsAbout(smaller, options)).length > 0;
    const small = await smallest(plan, fails);
    const reasons = await complaintsAbout(small, options);
    throw new Error(`${seedHint} Plan ${index} of ${label}:\n${report(small, reasons)}`);
  }
}

/** Whether the oracle can say how the plan must end, and that it does. */
export function isClear(plan: Plan): boolean {
  const { ties, end } = expectRun(plan);
  return ties.length === 0 && end !== Number.POSITIVE_INFINITY;
}

/** What is wrong, and with which plan. */
export function report(plan: Plan, complaints: readonly string[]): string {
  const shown = complaints.slice(0, 20).join('\n');
  return `${shown}\n${inspect(plan, { depth: null, breakLength: 120 })}`;
}

/** A smaller plan may no longer be a valid definition; then it shows nothing. */
async function complaintsAbout(plan: Plan, options: CheckOptions): Promise<string[]> {
  try {
    return await options.judge(plan, options);
  } catch {
    return [];
  }
}
