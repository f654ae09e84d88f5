/**
 * The outline of the definition that a run goes on with. It is that of its header, unless a process
 * went on with a changed one: the header stays as it was written, so the newer outline is a state.
 * @module
 */
import type { RunStore, StoredRun, Writer } from '../ports/run-store.ts';
import type { DefinitionOutline } from './definition-outline.ts';

/** No loop has an empty path, so no part of any loop's items is kept there. */
const outlinePath = '[]outline';

/** The outline that was kept last. */
export async function currentOutline(store: RunStore, run: StoredRun): Promise<DefinitionOutline> {
  const kept = await store.readState(run.runId, outlinePath);
  return JSON.parse(kept ?? run.definition) as DefinitionOutline;
}

/**
 * Keeps the outline of a changed definition, for those who send signals from elsewhere.
 *
 * @returns false when the writer is fenced.
 */
export function keepOutline(
  store: RunStore,
  writer: Writer,
  outline: DefinitionOutline,
): Promise<boolean> {
  return store.saveState(writer, outlinePath, JSON.stringify(outline));
}
