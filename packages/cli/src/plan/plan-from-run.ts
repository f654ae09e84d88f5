/**
 * A plan from a run that there has been: how long its actions took, how many items its loops had, and which branches
 * were taken.
 *
 * What its times cannot tell is how much of them was made by others that ran at the same time: that belongs into the
 * connectors of a plan that is laid over it.
 * @module
 */
import type { RunSnapshot } from '@runafter/core';
import type { Plan, PlannedAction, PlannedDuration } from './plan.ts';

type Execution = RunSnapshot['executions'][number];

/**
 * Reads durations (median and 95th percentile of the attempts that succeeded), the part of attempts that failed
 * without being throttled, numbers of items and rounds, and shares of branches.
 *
 * @example
 * const plan = planFromRun(await readSnapshot(store, 'week-47'));
 * const { rows } = await planRuns(weeklyReports, mergePlans(plan, { connectors }));
 */
export function planFromRun({ nodes, executions }: RunSnapshot): Plan {
  const byAddress = groupedByAddress(executions);
  const actions: Record<string, PlannedAction> = {};
  for (const { address, kind } of nodes) {
    const here = (byAddress.get(address) ?? []).filter(({ status }) => status !== 'Skipped');
    const planned = plannedOf(address, kind, here, byAddress);
    if (planned !== undefined) actions[address] = planned;
  }
  return { actions };
}

function groupedByAddress(executions: readonly Execution[]): ReadonlyMap<string, Execution[]> {
  const groups = new Map<string, Execution[]>();
  for (const execution of executions) {
    const group = groups.get(execution.address);
    if (group === undefined) groups.set(execution.address, [execution]);
    else group.push(execution);
  }
  return groups;
}

/** Lays one plan over another: of each action and connector, what the second says replaces what the first does. */
export function mergePlans(under: Plan, over: Plan): Plan {
  const actions: Record<string, PlannedAction> = { ...under.actions };
  for (const [address, planned] of Object.entries(over.actions ?? {})) {
    actions[address] = { ...actions[address], ...planned };
  }
  return {
    ...under,
    ...over,
    actions,
    connectors: { ...under.connectors, ...over.connectors },
  };
}

function plannedOf(
  address: string,
  kind: RunSnapshot['nodes'][number]['kind'],
  here: readonly Execution[],
  byAddress: ReadonlyMap<string, readonly Execution[]>,
): PlannedAction | undefined {
  const runs = here.filter((execution) => execution.kind === kind);
  if (runs.length === 0) return undefined;
  switch (kind) {
    case 'action':
      return actionOf(runs);
    case 'delay':
    case 'waitFor': {
      const ended = runs.filter(({ status }) => status === 'Succeeded');
      return durationOf(ended.map(({ startTime, endTime = startTime }) => endTime - startTime));
    }
    case 'forEach':
      return { items: Math.round(roundsIn(here) / runs.length) };
    case 'until':
      return { rounds: Math.max(1, Math.round(roundsIn(here) / runs.length)) };
    case 'condition':
    case 'switch':
      return { takes: sharesOf(address, kind, runs.length, byAddress) };
    default:
      return undefined;
  }
}

function actionOf(runs: readonly Execution[]): PlannedAction | undefined {
  const attempts = runs.flatMap((run) => run.attempts);
  const succeeded = attempts.filter(({ error }) => error === undefined);
  const failed = attempts.filter(({ error }) => error !== undefined && error.code !== 'HTTP_429');
  // Where none succeeded, how long it took to fail is all that is known.
  const telling = succeeded.length > 0 ? succeeded : failed;
  const duration = durationOf(
    telling.map(({ startTime, endTime }) => endTime.getTime() - startTime.getTime()),
  );
  if (duration === undefined || failed.length === 0) return duration;
  return { ...duration, failures: failed.length / (succeeded.length + failed.length) };
}

function durationOf(times: readonly number[]): { readonly duration: PlannedDuration } | undefined {
  if (times.length === 0) return undefined;
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  const median = at(0.5);
  const p95 = at(0.95);
  return { duration: median === p95 ? median : { median, p95 } };
}

/** Iterations of a loop in all its runs, those included that it did not keep. */
function roundsIn(here: readonly Execution[]): number {
  const kept = here.filter(({ kind }) => kind === 'iteration').length;
  return here.reduce((sum, { left }) => sum + left, kept);
}

function sharesOf(
  address: string,
  kind: 'condition' | 'switch',
  runs: number,
  byAddress: ReadonlyMap<string, readonly Execution[]>,
): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {};
  let left = runs;
  for (const [inside, executions] of byAddress) {
    if (!inside.startsWith(`${address}/`)) continue;
    const name = inside.slice(address.length + 1);
    const taken = executions.filter((each) => each.kind === 'branch' && each.status !== 'Skipped');
    if (taken.length === 0) continue;
    shares[name] = taken.length / runs;
    left -= taken.length;
  }
  if (left > 0) shares[kind === 'condition' ? 'else' : 'none'] = left / runs;
  return shares;
}
