/**
 * Which executions a view shows when there are too many of them.
 * @module
 */
import type { Step } from '../analysis/trace.ts';

/**
 * At most so many: containers first, what is on the critical path or in the explanation, then what did
 * not succeed, then the slowest. They stay in their order, and what is around one that is shown is shown.
 *
 * @param marked - paths that matter most.
 */
export function shownSteps(
  steps: readonly Step[],
  most: number,
  marked: ReadonlySet<string>,
): readonly Step[] {
  if (steps.length <= most) return steps;
  const ranked = steps.toSorted((a, b) => rankOf(a, marked) - rankOf(b, marked) || longer(a, b));
  const shown = new Set<Step>();
  for (const step of ranked) {
    const added = withAround(step, shown);
    if (shown.size + added.length > most) continue;
    for (const one of added) shown.add(one);
    if (shown.size === most) break;
  }
  return steps.filter((step) => shown.has(step));
}

function rankOf({ execution }: Step, marked: ReadonlySet<string>): number {
  if (marked.has(execution.path)) return 0;
  if (execution.status === 'Running') return 1;
  if (execution.status !== 'Succeeded' && execution.status !== 'Skipped') return 2;
  return execution.status === 'Succeeded' ? 3 : 4;
}

function longer(a: Step, b: Step): number {
  return b.end - b.start - (a.end - a.start);
}

/** It and the containers around it that are not shown yet. */
function withAround(step: Step, shown: ReadonlySet<Step>): Step[] {
  const added: Step[] = [];
  for (let next: Step | undefined = step; next && !shown.has(next); next = next.parent) {
    added.push(next);
  }
  return added;
}
