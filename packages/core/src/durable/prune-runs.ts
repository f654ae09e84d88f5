/**
 * Deleting runs: those that somebody names, and those that are older than their store keeps them.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunQuery, RunStore } from '../ports/run-store.ts';
import { statuses } from '../status.ts';

/** Milliseconds between two looks for runs that are too old. */
const lookEvery = 3_600_000;

const lastLook = new WeakMap<RunStore, number>();

/**
 * Deletes the runs that match, with everything that is kept of them.
 *
 * @param query - by status, workflow and age. Without `status` only runs that have ended: say `Running`
 *   to delete those that go on, which ends them wherever they run.
 * @returns how many were deleted.
 * @example
 * await deleteRuns(store, { status: 'Succeeded', endedBefore: Date.now() - 7 * 86_400_000 });
 */
export async function deleteRuns(store: RunStore, query: RunQuery = {}): Promise<number> {
  let deleted = 0;
  for await (const isDeleted of deletions(store, query)) if (isDeleted) deleted++;
  return deleted;
}

/** Deletes what is older than the store keeps it, now and then; nobody waits for it. */
export function pruneRuns(store: RunStore, clock: Clock): void {
  const now = clock.now();
  if (!Number.isFinite(store.retention)) return;
  if (now - (lastLook.get(store) ?? Number.NEGATIVE_INFINITY) < lookEvery) return;
  lastLook.set(store, now);
  // What could not be deleted is there the next time; a run must not fail for it.
  prune(store, now - store.retention).catch(() => undefined);
}

/** Of several processes that begin at the same time, all but one meet a run that another has deleted. */
async function prune(store: RunStore, endedBefore: number): Promise<void> {
  for await (const isDeleted of deletions(store, { endedBefore })) if (!isDeleted) return;
}

/** Deletes one run after the other; false for one that another process has deleted meanwhile. */
async function* deletions(store: RunStore, query: RunQuery): AsyncIterable<boolean> {
  for await (const { runId, end } of store.listRuns({
    ...query,
    status: query.status ?? statuses,
  })) {
    // Not the run that somebody has created with its id since it was listed.
    const only = end && { endedBefore: end.endTime + 1 };
    yield await store.deleteRun(runId, only);
  }
}
