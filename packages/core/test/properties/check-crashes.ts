/**
 * Runs random plans that crash again and again, and reports the first one that goes wrong as small as
 * it can be, with all that it takes to see it again.
 * @module
 */
import { inspect } from 'node:util';
import { type Crash, randomCrashes } from '../model/crash.ts';
import { type Draw, seededDraw } from '../model/draw.ts';
import { type DurableJudgement, durableComplaints } from '../model/durable-complaints.ts';
import { type DurableRun, type DurableRunOptions, runDurably } from '../model/durable-run.ts';
import { expectRun } from '../model/oracle.ts';
import type { Plan } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import type { Form } from '../model/run-plan.ts';
import { smallest } from '../model/smaller-plan.ts';
import { isClear } from './check-plans.ts';
import { seed, seedHint } from './seed.ts';

export interface CrashCheckOptions extends Pick<DurableRunOptions, 'form' | 'timed'> {
  /** Another label, other plans. */
  readonly label: string;
  /** How many plans, not counting those in which two moments coincide. */
  readonly count: number;
  /** How often each of them is run and crashes. */
  readonly runs: number;
  /** Changes each plan before it is used. */
  readonly adapt?: (plan: Plan) => Plan;
}

/** A run of a plan, with everything that decides about it. */
export interface CrashCase extends Pick<DurableRunOptions, 'form' | 'timed'> {
  readonly plan: Plan;
  readonly crashes: readonly Crash[];
  /** The most turns of the event loop that the answer to a write takes. */
  readonly lag: number;
}

/**
 * @returns how many processes came to an early end.
 * @throws {Error} with the seed, the smallest plan that fails, its crashes, and what is wrong.
 */
export async function checkCrashes(options: CrashCheckOptions): Promise<number> {
  const { label, count, runs, form, timed, adapt = (plan) => plan } = options;
  let ends = 0;
  for (let index = 0, checked = 0; checked < count; index++) {
    const draw = seededDraw(`${seed} ${label} ${index}`);
    const plan = adapt(randomPlan(draw, { timed, durable: true }));
    if (!isClear(plan)) continue;
    checked++;
    const writes = await writesOf(plan, { form, timed });
    for (let run = 0; run < runs; run++) {
      const where = `Plan ${index} of ${label}, run ${run}:`;
      ends += await checkCase(randomCase(draw, plan, { form, timed, writes }), where);
    }
  }
  return ends;
}

/** How many writes a plan makes when nothing interrupts it. */
export async function writesOf(
  plan: Plan,
  { form, timed }: Pick<CrashCase, 'form' | 'timed'>,
): Promise<number> {
  return (await runDurably(plan, { form, timed, crashes: [] })).writes;
}

export function randomCase(
  draw: Draw,
  plan: Plan,
  { form, timed, writes }: Pick<CrashCase, 'form' | 'timed'> & { readonly writes: number },
): CrashCase {
  const crashes = randomCrashes(draw, { writes, downtime: !timed });
  return { form, timed, plan, crashes, lag: draw(0, 2) };
}

/** @returns how many processes came to an early end. */
export async function checkCase(crashing: CrashCase, where: string): Promise<number> {
  const { durable, complaints } = await judgeCase(crashing);
  if (complaints.length === 0) return durable.lives - 1;
  const small = await smallerCase(crashing);
  const reasons = (await judgeCase(small)).complaints;
  throw new Error(`${seedHint} ${where}\n${reportCase(small, reasons)}`);
}

/** Runs it, and says what is wrong. */
export async function judgeCase(
  crashing: CrashCase,
): Promise<{ readonly durable: DurableRun; readonly complaints: readonly string[] }> {
  const { plan, lag, timed } = crashing;
  const turns = seededDraw('lag');
  const { form, crashes } = crashing;
  const judgement = await judgementOf(crashing);
  const durable = await runDurably(plan, { form, timed, crashes, lag: () => turns(0, lag) });
  return { durable, complaints: durableComplaints(durable, judgement) };
}

/** A plan is judged often, at one write after the other. */
const judgements = new WeakMap<Plan, { form: Form; judgement: DurableJudgement }>();

async function judgementOf({ plan, form, timed }: CrashCase): Promise<DurableJudgement> {
  const known = judgements.get(plan);
  if (known?.form === form) return known.judgement;
  const uninterrupted = await runDurably(plan, { form, timed, crashes: [], stored: false });
  const judgement = { plan, expected: expectRun(plan), uninterrupted, compareTimes: timed };
  judgements.set(plan, { form, judgement });
  return judgement;
}

/** What is wrong, and with which plan and crashes. */
export function reportCase(
  { plan, crashes, lag, timed }: CrashCase,
  complaints: readonly string[],
): string {
  const shown = complaints.slice(0, 20).join('\n');
  return `${shown}\n${inspect({ timed, lag, crashes, plan }, { depth: null, breakLength: 120 })}`;
}

/** Fewer crashes first, then a smaller plan, at whichever write that then goes wrong. */
async function smallerCase(crashing: CrashCase): Promise<CrashCase> {
  let small = crashing;
  const fails = async (smaller: CrashCase): Promise<boolean> => {
    if (!isClear(smaller.plan) || (await complaintsOf(smaller)).length === 0) return false;
    small = smaller;
    return true;
  };
  if (await fails({ ...small, lag: 0 })) small = { ...small, lag: 0 };
  for (let at = small.crashes.length - 1; at >= 0 && small.crashes.length > 1; at--) {
    await fails({ ...small, crashes: small.crashes.toSpliced(at, 1) });
  }
  await smallest(small.plan, (plan) => failsAnywhere(small, plan, fails));
  return small;
}

/** Taking something out of a plan moves its writes: the crashes are tried at the writes before, too. */
async function failsAnywhere(
  { crashes, ...others }: CrashCase,
  plan: Plan,
  fails: (smaller: CrashCase) => Promise<boolean>,
): Promise<boolean> {
  const [first, ...rest] = crashes as [Crash, ...Crash[]];
  for (let write = first.write; write > Math.max(0, first.write - 6); write--) {
    if (await fails({ ...others, plan, crashes: [{ ...first, write }, ...rest] })) return true;
  }
  return false;
}

/** A smaller plan may no longer be a valid definition; then it shows nothing. */
async function complaintsOf(crashing: CrashCase): Promise<readonly string[]> {
  try {
    return (await judgeCase(crashing)).complaints;
  } catch {
    return [];
  }
}
