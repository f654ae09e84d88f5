/**
 * The two judges of a run: the oracle, which knows all, and the rules between the records, which hold
 * also where chance decides when handlers begin.
 * @module
 */
import { callComplaints } from './call-complaints.ts';
import { differences, type Recorded } from './compare.ts';
import { eventComplaints } from './event-log.ts';
import { ruleComplaints } from './local-rules.ts';
import { expectRun } from './oracle.ts';
import { orderComplaints } from './order-of-calls.ts';
import type { Plan } from './plan.ts';
import { type PlannedRun, type RunPlanOptions, runPlan } from './run-plan.ts';
import { summaryComplaints } from './summary.ts';

/** Runs a plan and says what is wrong, one line each. */
export type Judge = (plan: Plan, options: RunPlanOptions) => Promise<string[]>;

/** Everything must be as the oracle says, the times included. */
export const byOracle: Judge = (plan, options) => judgeByOracle(plan, options, true);

/** Everything but the times must be as the oracle says. */
export const byOracleWithoutTimes: Judge = (plan, options) => judgeByOracle(plan, options, false);

/** The records must obey the rules, whatever they say. */
export const byRules: Judge = async (plan, options) => {
  const planned = await runPlan(plan, options);
  if (planned === undefined) return [neverEnds];
  const records = planned.result as unknown as Recorded;
  return [...ruleComplaints(plan, records, planned.journal), ...boundComplaints(planned, options)];
};

async function judgeByOracle(
  plan: Plan,
  options: RunPlanOptions,
  compareTimes: boolean,
): Promise<string[]> {
  const expected = expectRun(plan);
  const planned = await runPlan(plan, options);
  if (planned === undefined) return [neverEnds];
  const { run, result, journal, events, origin } = planned;
  const records = result as unknown as Recorded;
  return [
    ...differences(expected, records, { origin: compareTimes ? origin : undefined }),
    ...callComplaints(expected, journal),
    ...orderComplaints(expected, journal),
    ...summaryComplaints(expected, run, result),
    ...eventComplaints(expected, events),
    ...boundComplaints(planned, options),
  ];
}

const neverEnds = 'the run never ends: nothing is left that could happen';

/** The bound cannot hold back what the run has given up: that still runs, and is named. */
function* boundComplaints(
  { journal, timersLeft, result }: PlannedRun,
  { maxConcurrentActions = Number.POSITIVE_INFINITY }: RunPlanOptions,
): Generator<string> {
  if (timersLeft > 0) yield `${timersLeft} timers are left when the run has ended`;
  const wasGivenUp = result.unsettled.length > 0;
  if (journal.peak > maxConcurrentActions && !wasGivenUp) {
    yield `${journal.peak} handlers ran at once`;
  }
}
