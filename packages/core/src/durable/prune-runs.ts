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
  for await (const { runId } of store.listRuns({ ...query, status: query.status ?? statuses })) {
    if (await store.deleteRun(runId)) deleted++;
  }
  return deleted;
}

/** Deletes what is older than the store keeps it, now and then; nobody waits for it. */
export function pruneRuns(store: RunStore, clock: Clock): void {
  const now = clock.now();
  if (!Number.isFinite(store.retention)) return;
  if (now - (lastLook.get(store) ?? Number.NEGATIVE_INFINITY) < lookEvery) return;
  lastLook.set(store, now);
  // What could not be deleted is there the next time; a run must not fail for it.
  deleteRuns(store, { endedBefore: now - store.retention }).catch(() => undefined);
}
