/**
 * A failure that the leaf rule does not see: of a critical child after which only important or optional
 * ones wait. They are skipped, and as leaves they fail nothing; yet nobody has dealt with the failure. A
 * scope goes by the leaf rule alone; kinds that promise more of what is critical ask here, too.
 *
 * Invariant: it is told only of a child that has ended, when everything that runs after it was skipped, so
 * nothing that still runs can change it. It becomes true only when something is skipped.
 * @module
 */
import type { Child } from './container-kind.ts';
import type { ActionRecord } from './engine/records/action-record.ts';
import type { ActionError } from './result.ts';

/** The first child of which nobody has heard that it failed; undefined while there is none. */
export function unheardFailure(children: readonly Child[]): ActionError | undefined {
  return firstUnheard(children, ({ status }) => status === 'Failed' || status === 'TimedOut');
}

/** The same of one that was told to stop, which is not its own fault. */
export function unheardCancel(children: readonly Child[]): ActionError | undefined {
  return firstUnheard(children, ({ status }) => status === 'Cancelled');
}

function firstUnheard(
  children: readonly Child[],
  isMeant: (record: ActionRecord) => boolean,
): ActionError | undefined {
  let byName: ReadonlyMap<string, Child> | undefined;
  for (const child of children) {
    const { record, criticality } = child;
    if (record === undefined || criticality !== 'critical' || !isMeant(record)) continue;
    byName ??= new Map(children.map((other) => [other.name, other]));
    if (isUnheard(child, byName)) return errorOf(record);
  }
  return undefined;
}

/** Whether all that runs after a child was skipped, down to a leaf. */
function isUnheard({ successors }: Child, byName: ReadonlyMap<string, Child>): boolean {
  const wasSkipped = (name: string): boolean => byName.get(name)?.record?.status === 'Skipped';
  if (!successors.every(wasSkipped)) return false;
  const reached = new Set(successors);
  // A set gives what is added to it on the way.
  for (const name of reached) {
    const after = byName.get(name)?.successors ?? [];
    if (after.length === 0) return true;
    for (const next of after) if (wasSkipped(next)) reached.add(next);
  }
  return false;
}

function errorOf({ path, status, error, code }: ActionRecord): ActionError {
  return { code, message: `"${path}" ended ${status}: ${error?.message}` };
}
