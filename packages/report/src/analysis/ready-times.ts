/**
 * When each execution could have begun: what is between that and its start was waited for something that
 * no edge shows, such as a limiter or `maxConcurrentActions`.
 *
 * Invariant: nothing is ready before what it is in, nor after it has started.
 * @module
 */
import { isLoop, type Step, type Trace } from './trace.ts';
import { Window } from './window.ts';

/** Notes in every step when it was ready, and in every iteration whose end made room for it. */
export function findReadyTimes(trace: Trace): void {
  for (const step of trace.steps) {
    // Its loop has done so before.
    if (step.execution.kind !== 'iteration') step.ready = readyTime(step, trace);
    if (isLoop(step.execution)) openWindow(step);
  }
}

function readyTime({ execution, before, parent, start }: Step, trace: Trace): number {
  if (execution.status === 'Skipped') return start;
  let ready = parent?.ready ?? trace.start;
  // A container opens when it has begun, an iteration when there is room for it.
  if (parent !== undefined && parent.execution.kind !== 'iteration') ready = parent.start;
  for (const { end } of before) ready = Math.max(ready, end);
  return Math.min(ready, start);
}

/**
 * The time in which an until asks whether it is done counts as waited by the next round. Where not every
 * iteration is known, nobody can tell which one made room: each counts as ready when it started.
 */
function openWindow({ start, window: width, children, isPartial }: Step): void {
  if (isPartial) return;
  const window = new Window<Step>(width);
  for (const iteration of children) {
    const leaving = window.makeRoom();
    iteration.roomFrom = leaving;
    iteration.ready = Math.min(Math.max(start, leaving?.end ?? start), iteration.start);
    window.add(iteration);
  }
}
