/**
 * What is wrong with a run that has ended, by its result and by the logbook; one line each.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { virtualClock } from '@runafter/clock';
import { type RunResult, type RunStore, resume, start } from '@runafter/core';
import { differences, type Recorded } from '../../packages/core/test/model/compare.ts';
import type { Expected } from '../../packages/core/test/model/expected.ts';
import { outputAt } from '../../packages/core/test/model/oracle.ts';
import { entryFor, type Plan } from '../../packages/core/test/model/plan.ts';
import { planned, plannedSignals } from '../../packages/core/test/model/planned-signals.ts';
import { typedWorkflow } from '../../packages/core/test/model/typed-workflow.ts';
import { beginnings, type CallEntry, type Entry } from './logbook.ts';
import { planOf, type RunToDo, workflowOf } from './runs-to-do.ts';

/** What was in the store when a process had died, and how long the logbook was then. */
export interface Snapshot {
  readonly entries: number;
  readonly stored: ReadonlySet<string>;
}

/** The result, as it is read from the store, is not the oracle's, or not that of an undisturbed run. */
export async function resultComplaints(
  store: RunStore,
  { runId, plan }: RunToDo,
  expected: Expected,
): Promise<string[]> {
  const perform = () => {
    throw new Error('Called although the run has ended.');
  };
  const run = await resume(workflowOf(plan, { perform }), runId, { store });
  const result = await run.finished;
  const complaints = differences(expected, result as unknown as Recorded, { origin: undefined });
  const outputs = await outputsUndisturbed(planOf(plan));
  if (!isDeepStrictEqual(visible(outputsOf(result)), visible(outputs))) {
    complaints.push('its outputs are not those of a run that nothing has disturbed');
  }
  return complaints.map((complaint) => `${plan}: ${complaint}`);
}

/** In one process, in virtual time, without a store. */
async function outputsUndisturbed(plan: Plan): Promise<unknown> {
  const clock = virtualClock();
  const workflow = typedWorkflow(plan, {
    perform: ({ behaviours }, _, { path, attempt, index }) => {
      const { ends, throwsFirst } = entryFor(behaviours, index);
      if (attempt <= throwsFirst || ends === 'throws') throw new Error('Fails, as planned.');
      return outputAt(path);
    },
  });
  const run = start(workflow, undefined, { clock });
  const signals = plannedSignals(plan).map(({ correlate, id }) =>
    run.signal(planned, correlate, { correlate, id }),
  );
  // Some are meant for waits that never begin, and may find that the run has ended.
  await Promise.allSettled(signals);
  while (run.status === undefined && (await clock.advanceToNext()));
  return outputsOf(await run.finished);
}

function outputsOf(result: RunResult<unknown>): unknown {
  return result.status === 'Succeeded' ? result.outputs : undefined;
}

/** Results that are handed over say when something happened; only what happened is compared. */
function visible(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null || !('status' in value)) return value;
  const { status, outputs } = value as { status: unknown; outputs?: unknown };
  return { status, outputs: visible(outputs) };
}

/** Handlers were called too often, too late, or under another key. */
export function* callComplaints(
  { runId }: RunToDo,
  expected: Expected,
  entries: readonly Entry[],
  snapshots: readonly Snapshot[],
): Generator<string> {
  const calls = beginnings(entries).filter((call) => call.runId === runId);
  yield* keyComplaints(calls);
  yield* attemptComplaints(calls, runId, expected);
  for (const { entries: then, stored } of snapshots) {
    const later = beginnings(entries.slice(then)).filter((call) => call.runId === runId);
    for (const { address } of later) {
      const ended = [...partsOf(address)].find((part) => stored.has(part));
      if (ended !== undefined)
        yield `${address}: was called after the outcome of ${ended} was stored`;
    }
  }
}

/** One key for one action, for ever. */
function* keyComplaints(calls: readonly CallEntry[]): Generator<string> {
  const keys = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const { address, key } of calls) {
    const known = keys.get(address) ?? key;
    keys.set(address, known);
    if (known !== key) yield `${address}: was called with the keys ${known} and ${key}`;
    const other = addresses.get(key) ?? address;
    addresses.set(key, other);
    if (other !== address) yield `${key} is the key of ${other} and of ${address}`;
  }
}

/** Each attempt is made, and again only by a process, or a beginning, that came later. */
function* attemptComplaints(
  calls: readonly CallEntry[],
  runId: string,
  expected: Expected,
): Generator<string> {
  const due = new Set<string>();
  for (const [address, times] of callsDue(expected, runId)) {
    for (let attempt = 1; attempt <= times; attempt++) due.add(`${address} attempt ${attempt}`);
  }
  const seen = new Set<string>();
  for (const { address, attempt, pid, beginning } of calls) {
    const name = `${address} attempt ${attempt}`;
    const call = `${name} in ${pid}.${beginning}`;
    if (seen.has(call)) yield `${name}: was made twice by one process`;
    seen.add(call);
    seen.add(name);
    if (!due.has(name)) yield `${name}: must not be made`;
  }
  for (const name of due) if (!seen.has(name)) yield `${name}: was never made`;
}

/** How often the handlers must be called, by address. */
function* callsDue({ results, iterations }: Expected, around: string): Generator<[string, number]> {
  for (const inner of [...results, ...iterations]) {
    const address = `${around}/${inner.path}`;
    if (inner.calls > 0) yield [address, inner.calls];
    // Paths begin anew in a child workflow, and only there.
    yield* callsDue(inner, inner.isChild ? address : around);
  }
}

/** The address itself, and those of everything around it. */
function* partsOf(address: string): Generator<string> {
  for (let end = 1; end < address.length; end++) {
    if (address[end] === '/' || address[end] === '[') yield address.slice(0, end);
  }
  yield address;
}
