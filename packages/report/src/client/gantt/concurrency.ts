/**
 * How many calls were in handlers at each time.
 * @module
 */
import type { ExecutionView } from '../../view/run-view.ts';

/** From `time` on, until the next step. */
export interface ConcurrencyStep {
  readonly time: number;
  readonly count: number;
}

/** The steps of the count, by time; what ends and what begins at the same time are one step. */
export function concurrencySteps(executions: readonly ExecutionView[]): ConcurrencyStep[] {
  const attempts = executions.flatMap((execution) => execution.attempts);
  const starts = Float64Array.from(attempts, ({ startTime }) => startTime).sort();
  const ends = Float64Array.from(attempts, ({ endTime }) => endTime).sort();
  const steps: ConcurrencyStep[] = [];
  let ended = 0;
  for (let begun = 0; begun < starts.length || ended < ends.length; ) {
    const start = starts[begun] ?? Number.POSITIVE_INFINITY;
    const end = ends[ended] ?? Number.POSITIVE_INFINITY;
    const time = Math.min(start, end);
    while (ends[ended] === time) ended += 1;
    while (starts[begun] === time) begun += 1;
    steps.push({ time, count: begun - ended });
  }
  return steps;
}
