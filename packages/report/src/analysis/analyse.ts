/**
 * What the times of a run say: critical path, bottleneck, outliers, and what was waited for.
 * @module
 */
import type { Usage } from '@runafter/core';
import type { AnalysisView, WaitView } from '../view/run-view.ts';
import { findBottleneck } from './bottleneck.ts';
import { criticalPath } from './critical-path.ts';
import { isThrottledCode } from './is-throttled-code.ts';
import type { Step, Trace } from './trace.ts';

/** @param trace - with its ready times found. */
export function analyse(
  trace: Trace,
  waits: ReadonlyMap<Step, readonly WaitView[]>,
  { outliers }: Usage,
): AnalysisView {
  const path = criticalPath(trace);
  const bottleneck = findBottleneck(trace, path);
  let [calls, attempts, busy, throttled, notKept] = [0, 0, 0, 0, 0];
  for (const { execution } of trace.steps) {
    notKept += execution.left;
    attempts += execution.attempts.length;
    if (execution.attempts.length > 0) calls++;
    for (const { startTime, endTime, error } of execution.attempts) {
      busy += Math.max(0, endTime.getTime() - startTime.getTime());
      if (error !== undefined && isThrottledCode(error.code)) throttled++;
    }
  }
  return {
    makespan: trace.end - trace.start,
    ...{ busy, calls, attempts, notKept },
    criticalPath: path.map(({ execution }) => execution.path),
    ...(bottleneck && { bottleneck }),
    outliers,
    throttled,
    waited: waitedOf(waits),
  };
}

function waitedOf(waits: ReadonlyMap<Step, readonly WaitView[]>): AnalysisView['waited'] {
  const sums: Partial<Record<WaitView['for'], number>> = {};
  for (const list of waits.values()) {
    for (const { for: reason, startTime, endTime } of list) {
      sums[reason] = (sums[reason] ?? 0) + endTime - startTime;
    }
  }
  return sums;
}
