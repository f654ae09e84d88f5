/**
 * Additions to one counter, each with an operation id.
 *
 * Invariant: an operation is noted after it was acknowledged, so one that was under way when the process
 * was killed is made again, with the same id. That it counts once all the same is what is to be shown.
 * @module
 */
import { NumberLog, readLogged } from '../harness/number-log.ts';
import type { StateBackend } from './backend.ts';
import { untilAnswered } from './faults.ts';
import { inParallel } from './in-parallel.ts';
import { operationId, type StateTask, sharedName } from './task.ts';

/** Adds one for each operation that is not noted as acknowledged. */
export async function addOnce(backend: StateBackend, task: StateTask): Promise<void> {
  const acknowledged = new Set(readLogged(task.acknowledged));
  using log = new NumberLog(task.acknowledged);
  const counter = await backend.openCounter(task.place as never);
  await inParallel(task, acknowledged, async (operation) => {
    const once = operationId(operation);
    await untilAnswered(() => counter.add(sharedName, 1, { once }));
    log.note(operation);
  });
  await counter.close();
}
