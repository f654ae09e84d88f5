/**
 * Which iterations of a long loop are worth showing: those that did not succeed, then the slowest.
 * @module
 */
import type { StoredOutcome } from '../ports/run-store.ts';

/**
 * Reads outcomes to their end and gives at most so many of them, those first that tell the most, in the
 * order in which they came. Never more than twice as many are in memory.
 */
export async function* mostTelling(
  outcomes: AsyncIterable<StoredOutcome>,
  most: number,
): AsyncIterable<StoredOutcome> {
  let kept: Counted[] = [];
  let position = 0;
  for await (const outcome of outcomes) {
    kept.push({ outcome, position: position++ });
    if (kept.length >= 2 * Math.max(1, most)) kept = kept.sort(byTelling).slice(0, most);
  }
  if (kept.length > most) kept = kept.sort(byTelling).slice(0, most);
  for (const { outcome } of kept.sort((a, b) => a.position - b.position)) yield outcome;
}

interface Counted {
  readonly outcome: StoredOutcome;
  readonly position: number;
}

function byTelling(a: Counted, b: Counted): number {
  return (
    Number(hasSucceeded(a)) - Number(hasSucceeded(b)) ||
    durationOf(b) - durationOf(a) ||
    a.position - b.position
  );
}

function hasSucceeded({ outcome }: Counted): boolean {
  return outcome.status === 'Succeeded';
}

function durationOf({ outcome }: Counted): number {
  return outcome.endTime - outcome.startTime;
}
