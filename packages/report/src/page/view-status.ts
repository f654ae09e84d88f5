/**
 * The statuses of a picture: the five of core, `Running`, and `Pending` for what has not begun.
 * @module
 */
import type { ExecutionView, NodeView } from '../view/run-view.ts';

export type ViewStatus = keyof NodeView['counts'] | 'Pending';

/** Most worth a look first. */
export const viewStatuses: readonly ViewStatus[] = [
  'Failed',
  'TimedOut',
  'Cancelled',
  'Running',
  'Succeeded',
  'Skipped',
  'Pending',
];

/** How a status reads. */
export function statusWords(status: ViewStatus): string {
  if (status === 'TimedOut') return 'Timed out';
  return status === 'Pending' ? 'Not started' : status;
}

/** The status of many: the one that is most worth a look. */
export function statusOf(counts: NodeView['counts']): ViewStatus {
  return (
    viewStatuses.find((status) => status !== 'Pending' && (counts[status] ?? 0) > 0) ?? 'Pending'
  );
}

/** Counts together. */
export function addCounts(all: readonly NodeView['counts'][]): NodeView['counts'] {
  const sum: Partial<Record<keyof NodeView['counts'], number>> = {};
  for (const counts of all) {
    for (const [status, count] of Object.entries(counts) as [keyof typeof sum, number][]) {
      sum[status] = (sum[status] ?? 0) + count;
    }
  }
  return sum;
}

/**
 * Whether something went wrong with it. What was cancelled or skipped was meant to be, and what goes wrong
 * with an iteration is told of what is inside.
 */
export function isFailure({ kind, status }: ExecutionView): boolean {
  return kind !== 'iteration' && (status === 'Failed' || status === 'TimedOut');
}
