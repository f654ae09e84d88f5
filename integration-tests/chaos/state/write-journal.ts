/**
 * Updates of one document, which have no ids: an update is made once, whatever becomes of it.
 *
 * Invariant: an operation is noted before it begins and after it was acknowledged. One that was begun and
 * not acknowledged may be in the document or not; it is never made again.
 * @module
 */
import { update } from '@runafter/optimistic';
import { NumberLog, readLogged } from '../harness/number-log.ts';
import type { Journal, StateBackend } from './backend.ts';
import { isUnknown, untilDone } from './faults.ts';
import { inParallel } from './in-parallel.ts';
import { type StateTask, sharedName } from './task.ts';

/** Appends each operation that is not noted as begun. */
export async function writeJournal(backend: StateBackend, task: StateTask): Promise<void> {
  const before = new Set(readLogged(task.begun));
  using begun = new NumberLog(task.begun);
  using acknowledged = new NumberLog(task.acknowledged);
  const documents = await backend.openDocuments(task.place as never);
  await inParallel(task, before, async (operation) => {
    begun.note(operation);
    const append = (journal: Journal = { n: 0, applied: [] }): Journal => ({
      n: journal.n + 1,
      applied: [...journal.applied, operation],
    });
    try {
      await untilDone(() => update(documents, sharedName, append));
      acknowledged.note(operation);
    } catch (error) {
      if (!isUnknown(error)) throw error;
    }
  });
  await documents.close();
}
