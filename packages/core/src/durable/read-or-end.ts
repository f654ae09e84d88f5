/**
 * Reads of a run's journal that fail: nothing is wrong with the run, so it ends in this process only,
 * with nothing recorded, and can be resumed.
 * @module
 */
import type { JournalParts } from './run-journal.ts';

/** A read that fails ends the run here; then the promise stays as it is. */
export async function readOrEnd<T>(
  { fault }: Pick<JournalParts, 'fault'>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    fault(error);
    return new Promise(() => undefined);
  }
}
