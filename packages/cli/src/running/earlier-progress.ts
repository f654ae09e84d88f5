/**
 * What earlier processes have done of a run, so that a progress bar goes on where theirs stopped.
 * @module
 */
import { type RunStore, readSnapshot } from '@runafter/core';
import type { Earlier } from '../progress/progress-display.ts';

/** Reads it from the store. A progress bar is all that it is for, so what cannot be read is left out. */
export async function earlierProgress(
  store: RunStore,
  runId: string,
): Promise<Earlier | undefined> {
  try {
    const { executions } = await readSnapshot(store, runId);
    const ended: string[] = [];
    const items = new Map<string, number>();
    for (const { path, address, kind, status } of executions) {
      if (status === 'Running') continue;
      if (kind !== 'iteration') ended.push(path);
      else items.set(address, (items.get(address) ?? 0) + 1);
    }
    return { ended, items };
  } catch {
    return undefined;
  }
}
