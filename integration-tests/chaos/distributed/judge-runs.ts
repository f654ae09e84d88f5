/**
 * All runs that were begun: what the store says of each, and what was done in them, against the oracle.
 * @module
 */
import { type RunStore, resume } from '@runafter/core';
import type { Expected } from '../../../packages/core/test/model/expected.ts';
import { expectRun } from '../../../packages/core/test/model/oracle.ts';
import { type DueWork, workDue } from './expected-work.ts';
import { countWork, judgeWork, type WorkCounts, type WorkFaults } from './judge.ts';
import { chaosPlan, type PlannedRun, workflowOf } from './planned-run.ts';
import { resultComplaints } from './result-complaints.ts';
import type { DistributedResult } from './results.ts';
import type { WorkEntry } from './work-log.ts';

type Judged = Pick<DistributedResult, 'runs' | 'lost' | 'stuck' | 'wrongStatus'> &
  WorkFaults &
  WorkCounts;

/** @param entries - what the workers have noted. */
export async function judgeRuns(
  store: RunStore,
  runs: readonly PlannedRun[],
  entries: readonly WorkEntry[],
): Promise<Judged> {
  const lost: string[] = [];
  const stuck: string[] = [];
  const wrongStatus: string[] = [];
  const due = new Map<string, DueWork>();
  const ended = new Set<string>();
  const expectations = new Map<string, Expected>();
  for (const { runId, plan } of runs) {
    const stored = await store.readRun(runId);
    if (stored === undefined) lost.push(runId);
    else if (stored.end === undefined) stuck.push(await describeStuck(store, { runId, plan }));
    else {
      const expected = expectations.get(plan) ?? expectRun(chaosPlan(plan));
      expectations.set(plan, expected);
      ended.add(runId);
      for (const [address, work] of workDue(expected, runId)) due.set(address, work);
      const [complaint] = await complaintsAbout(store, { runId, plan }, expected);
      if (complaint !== undefined) wrongStatus.push(`${runId}, ${plan}: ${complaint}`);
    }
  }
  const ofEnded = entries.filter(({ address }) => ended.has(address.split('/', 1)[0] ?? ''));
  const counts = countWork(entries);
  return { runs: runs.length, lost, stuck, wrongStatus, ...judgeWork(due, ofEnded), ...counts };
}

/** Who has it, and what was sent to it and is not taken: that is where to look first. */
async function describeStuck(store: RunStore, { runId, plan }: PlannedRun): Promise<string> {
  const holder = (await store.readRun(runId))?.lease?.holder ?? 'nobody';
  const letters = await store.readSignals(runId, 0);
  const events = letters.map(({ event, correlate = '' }) => `${event} ${correlate}`);
  return `${runId}, ${plan}: had by ${holder}; not taken: ${events.join(', ') || 'nothing'}`;
}

/** What is wrong with a run that has ended, as it is read from the store. */
async function complaintsAbout(
  store: RunStore,
  { runId, plan }: PlannedRun,
  expected: Expected,
): Promise<string[]> {
  const called = () => {
    throw new Error('A handler was called although the run has ended.');
  };
  try {
    const run = await resume(workflowOf(plan, called), runId, { store });
    return resultComplaints(expected, await run.finished);
  } catch (error) {
    return [`its result cannot be read: ${(error as Error).message}`];
  }
}
