/**
 * From a run to what is drawn of it: `viewOf()` for a run in this process, `readView()` for one in a store.
 *
 * Invariant: a view is made of a snapshot, which has no value that the run works on; so no secret can be
 * in a view but one that a handler has put into the message of an error, or into a name.
 * Read next: run-view.ts, the shape; ../analysis/trace.ts.
 * @module
 */
import {
  type AttemptRecord,
  type Execution,
  type ReadSnapshotOptions,
  type Run,
  type RunSnapshot,
  type RunStore,
  readSnapshot,
  snapshot,
} from '@runafter/core';
import { analyse } from '../analysis/analyse.ts';
import { isThrottledCode } from '../analysis/is-throttled-code.ts';
import { findReadyTimes } from '../analysis/ready-times.ts';
import { type Step, traceOf } from '../analysis/trace.ts';
import { waitsOf } from '../analysis/waits.ts';
import { nodeViews } from './node-views.ts';
import type {
  AttemptView,
  ErrorView,
  ExecutionView,
  RecordedWait,
  RunView,
  WaitView,
} from './run-view.ts';
import { shownSteps } from './shown-steps.ts';

export interface ViewOptions {
  /** What handlers waited for, as it was told while the run went on. Default: nothing is known of it. */
  readonly recorded?: readonly RecordedWait[];
  /**
   * At most so many executions are in the view: those on the critical path, those that did not succeed, then
   * the slowest. The analysis is of all. Default 25,000.
   */
  readonly maxExecutions?: number;
  /**
   * Measures the outputs of actions as JSON; secure ones never. Of a snapshot, that was decided as it was
   * taken. Default true.
   */
  readonly payloads?: boolean;
}

/** A loop of 10,000 items with an action each is shown as a whole. */
const defaultMaxExecutions = 25_000;

const noWaits: readonly RecordedWait[] = Object.freeze([]);

/**
 * A run in this process as it is drawn, ended or not.
 *
 * @param run - what `start()` or `resume()` gave, or a snapshot of a run.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: neither of them.
 * @example
 * const { analysis } = viewOf(run);
 * console.log(analysis.bottleneck?.address, analysis.makespan);
 */
export function viewOf(run: Run<unknown> | RunSnapshot, options: ViewOptions = {}): RunView {
  const { recorded = noWaits, maxExecutions = defaultMaxExecutions, payloads = true } = options;
  const taken = 'executions' in run ? run : snapshot(run, { payloads });
  const trace = traceOf(taken);
  findReadyTimes(trace);
  const told = Map.groupBy(
    recorded.filter(({ runId = taken.runId }) => runId === taken.runId),
    ({ path }) => path,
  );
  const waits = new Map<Step, readonly WaitView[]>();
  for (const step of trace.steps) {
    waits.set(step, waitsOf(step, told.get(step.execution.path) ?? noWaits));
  }
  const analysis = analyse(trace, waits, taken.usage);
  const { text, chain } = taken.explanation;
  const why = { text, chain: chain.map(({ path }) => path) };
  const marked = new Set([...analysis.criticalPath, ...why.chain]);
  const shown = shownSteps(trace.steps, maxExecutions, marked);
  const { runId, workflow, version, status, error } = taken;
  return {
    ...{ runId, workflow, status, startTime: trace.start, endTime: trace.end, why },
    ...(version !== undefined && { version }),
    ...(error && { error }),
    nodes: nodeViews(taken.nodes, trace.steps),
    executions: shown.toSorted(byStart).map((step) => executionView(step, waits.get(step) ?? [])),
    left: trace.steps.length - shown.length + leftBy(trace.steps),
    analysis,
  };
}

/**
 * A run in a store as it is drawn, whoever works on it. Its workflow is not needed.
 *
 * A view of a run that has ended is the same as that of the run in memory. Of one that goes on, the store
 * does not know when what runs has started (it counts from when it could), nor which iterations run.
 *
 * @throws {RunUnknownError} `RUN_UNKNOWN`, as a rejection.
 * @throws {RunShapeUnknownError} `RUN_SHAPE_UNKNOWN`, as a rejection: an earlier version stored the run.
 * @example
 * const view = await readView(store, 'week-47');
 */
export async function readView(
  store: RunStore,
  runId: string,
  options: ViewOptions & ReadSnapshotOptions = {},
): Promise<RunView> {
  return viewOf(await readSnapshot(store, runId, { payloads: true, ...options }), options);
}

/** What is around others before them: their steps stand in this order. */
function byStart(a: Step, b: Step): number {
  return a.start - b.start || a.index - b.index;
}

function leftBy(steps: readonly Step[]): number {
  return steps.reduce((sum, { execution }) => sum + execution.left, 0);
}

function executionView(
  { execution, ready, start, end }: Step,
  waits: readonly WaitView[],
): ExecutionView {
  const { path, address, kind, status, error, attempts, payloadBytes } = execution;
  return {
    ...{ path, address, kind, status },
    ...(error && { error: errorView(error) }),
    ...{ readyTime: ready, startTime: start, endTime: end },
    attempts: attempts.map(attemptView),
    waits,
    ...(payloadBytes !== undefined && { payloadBytes }),
  };
}

function attemptView({ number, startTime, endTime, error }: AttemptRecord): AttemptView {
  const start = startTime.getTime();
  return {
    // Clocks of several processes may disagree.
    ...{ number, startTime: start, endTime: Math.max(start, endTime.getTime()) },
    ...(error && { error: errorView(error) }),
    throttled: error !== undefined && isThrottledCode(error.code),
  };
}

function errorView({ code, message }: NonNullable<Execution['error']>): ErrorView {
  return { code, message };
}
