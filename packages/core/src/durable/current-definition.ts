/**
 * The definition that a run goes on with. It is that of its header, unless a process went on with a
 * changed one: the header stays as it was written, so the newer definition is a state.
 * @module
 */
import type { RunStore, StoredRun, Writer } from '../ports/run-store.ts';
import type { StoredDefinition } from './stored-definition.ts';

/** No loop has an empty path, so no part of any loop's items is kept there. */
const definitionPath = '[]outline';

/** The definition that was kept last. */
export async function currentDefinition(
  store: RunStore,
  run: StoredRun,
): Promise<StoredDefinition> {
  const kept = await store.readState(run.runId, definitionPath);
  return JSON.parse(kept ?? run.definition) as StoredDefinition;
}

/**
 * Keeps a changed definition, for those who send signals from elsewhere or look at the run.
 *
 * @param definition - as `storedDefinition` gives it.
 * @returns false when the writer is fenced.
 */
export function keepDefinition(
  store: RunStore,
  writer: Writer,
  definition: string,
): Promise<boolean> {
  return store.saveState(writer, definitionPath, definition);
}
