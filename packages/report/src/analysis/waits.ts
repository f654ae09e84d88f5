/**
 * What an execution waited for: in the queue until its handler was called, between attempts, and whatever
 * was recorded while it ran.
 *
 * Invariant: no moment is counted twice. What was recorded explains a wait better than the queue does, so
 * it takes its place there.
 * @module
 */
import type { AttemptRecord } from '@runafter/core';
import type { RecordedWait, WaitView } from '../view/run-view.ts';
import type { Step } from './trace.ts';

/** The waits of an execution, by start. */
export function waitsOf(step: Step, recorded: readonly RecordedWait[]): readonly WaitView[] {
  const { attempts, kind } = step.execution;
  if (kind !== 'action' && kind !== 'shielded') return [];
  const told = recorded.map(({ for: reason, name, startTime, endTime }) => ({
    ...{ for: reason, name, startTime },
    // The clock may have been set back meanwhile.
    endTime: Math.max(startTime, endTime),
  }));
  const own = [...queued(step), ...attempts.flatMap((attempt) => untilNext(attempt, step))];
  const waits = [...own.flatMap((wait) => without(wait, told)), ...told];
  return waits.sort((a, b) => a.startTime - b.startTime);
}

function queued({ execution, ready, start, end }: Step): readonly WaitView[] {
  const first = execution.attempts[0]?.startTime.getTime() ?? start;
  const until = execution.status === 'Skipped' ? ready : Math.min(Math.max(start, first), end);
  return until > ready ? [{ for: 'queue', startTime: ready, endTime: until }] : [];
}

/** Until the next attempt was due; from there it may have been in the queue again. */
function untilNext({ number, endTime, wait }: AttemptRecord, step: Step): readonly WaitView[] {
  if (wait === undefined) return [];
  const ended = endTime.getTime();
  const next = step.execution.attempts.find((attempt) => attempt.number === number + 1);
  const called = Math.min(next?.startTime.getTime() ?? step.end, step.end);
  const due = Math.min(ended + wait, called);
  return [
    ...(due > ended ? [{ for: 'retry', startTime: ended, endTime: due } as const] : []),
    ...(called > due ? [{ for: 'queue', startTime: due, endTime: called } as const] : []),
  ];
}

/** What is left of a wait outside of others. */
function without(wait: WaitView, others: readonly WaitView[]): readonly WaitView[] {
  let parts: readonly WaitView[] = [wait];
  for (const { startTime: from, endTime: to } of others) {
    parts = parts.flatMap((part) =>
      [
        { ...part, endTime: Math.min(part.endTime, from) },
        { ...part, startTime: Math.max(part.startTime, to) },
      ].filter(({ startTime, endTime }) => endTime > startTime),
    );
  }
  return parts;
}
