/**
 * A run in its store: created there before it begins, and recorded as ended before anybody is told. A
 * child workflow is a run of its own there too.
 * @module
 */
import { RunExistsError } from '../../run-errors.ts';
import { type Status, SUCCEEDED, statusName } from '../../status.ts';
import type { RunEngine } from '../run-engine.ts';

/**
 * Creates the run in its store, where it has one.
 *
 * @throws {RunExistsError} `RUN_EXISTS`, as a rejection; and whatever the store rejects with.
 */
export async function createInStore(run: RunEngine): Promise<void> {
  if (run.store === undefined) return;
  const { name, version } = run.workflow;
  const created = await run.store.createRun({
    runId: run.id,
    workflow: name,
    ...(version !== undefined && { version }),
    startTime: run.clock.now(),
  });
  if (!created) throw new RunExistsError(run.id);
}

/** Records in its store how the run has ended. Rejects with whatever the store rejects with. */
export async function endInStore(run: RunEngine): Promise<void> {
  const error = run.bits === SUCCEEDED ? undefined : run.root.error();
  await run.store?.endRun(run.id, {
    status: statusName(run.bits) as Status,
    ...(error && { error: { code: error.code, message: error.message } }),
    endTime: run.epoch + run.ended,
  });
}
