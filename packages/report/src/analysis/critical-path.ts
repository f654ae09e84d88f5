/**
 * The critical path: backwards from the last end, what each one had to wait for, to the beginning.
 *
 * A predecessor that ended last let an action begin, the iteration that made room let the next one in, and
 * what stood first in a container began with it. Where an action was ready and still did not start, the
 * one whose end came in the moment of its start has made room for it, as under `maxConcurrentActions`.
 *
 * Invariant: no two on the path overlap, so their lengths and what was waited between them make up the
 * whole time of the run.
 * @module
 */
import { isWork, partsOf, type Step, type Trace } from './trace.ts';

/** The actions on the path, by start. */
export function criticalPath(trace: Trace): readonly Step[] {
  const ends = trace.steps.filter(isWork).sort((a, b) => a.end - b.end || a.start - b.start);
  const path: Step[] = [];
  // Clocks of several processes may disagree, so time alone does not end this.
  const seen = new Set<Step>();
  let next = lastOf(trace.children);
  while (next !== undefined) {
    const work: Step = lastInside(next);
    if (seen.has(work)) break;
    seen.add(work);
    if (isWork(work)) path.push(work);
    next = causeOf(work, ends);
  }
  return path.reverse();
}

function lastOf(steps: readonly Step[]): Step | undefined {
  let last: Step | undefined;
  for (const step of steps) if (last === undefined || step.end >= last.end) last = step;
  return last;
}

/** What ended last in it, down to what has nothing inside. */
function lastInside(step: Step): Step {
  let last = step;
  for (let next = lastOf(partsOf(last)); next !== undefined; next = lastOf(partsOf(last))) {
    last = next;
  }
  return last;
}

/** What had to end before this could begin; undefined for what began with the run. */
function causeOf(work: Step, ends: readonly Step[]): Step | undefined {
  const yielding = work.start > work.ready ? endedAt(work.start, work, ends) : undefined;
  if (yielding !== undefined) return yielding;
  for (let step: Step | undefined = work; step !== undefined; step = step.parent) {
    const cause = step.roomFrom ?? lastOf(step.before);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

/** Another one that ended in this moment, and began before it. */
function endedAt(time: number, work: Step, ends: readonly Step[]): Step | undefined {
  let from = 0;
  let to = ends.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ends[middle] as Step).end <= time) from = middle + 1;
    else to = middle;
  }
  const last = ends[from - 1];
  return last !== undefined && last !== work && last.end === time && last.start < time
    ? last
    : undefined;
}
