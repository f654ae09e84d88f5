/**
 * The definition that a run goes on with. It is that of its header, unless a process went on with a
 * changed one: the header stays as it was written, so the newer definition is a state.
 * @module
 */
import type { RunStore, StoredRun, Writer } from '../ports/run-store.ts';
import { StoredValueError } from './codec.ts';
import type { DefinitionOutline } from './definition-outline.ts';

/** No loop has an empty path, so no part of any loop's items is kept there. */
const definitionPath = '[]outline';

/**
 * The definition that was kept last: its outline, and its shape unless an earlier version kept it.
 *
 * @throws {StoredValueError} `STORED_VALUE_INVALID`, as a rejection: its text was cut or changed.
 */
export async function currentDefinition(
  store: RunStore,
  run: StoredRun,
): Promise<DefinitionOutline> {
  const text = (await store.readState(run.runId, definitionPath)) ?? run.definition;
  try {
    return JSON.parse(text) as DefinitionOutline;
  } catch {
    throw new StoredValueError(text);
  }
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
