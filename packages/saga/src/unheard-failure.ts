/**
 * A failure that the leaf rule does not see: of a critical step after which only important or optional
 * ones wait. They are skipped, and as leaves they fail nothing; yet nobody has dealt with the failure,
 * and a saga whose critical step has failed is undone.
 *
 * Invariant: it is told only of a step that has ended, when everything that runs after it was skipped, so
 * nothing that still runs can change it.
 * @module
 */
import type { ActionError, ActionRecord } from '@runafter/core';
import type { Child } from '@runafter/core/container-kind';

/** The first such failure; undefined while there is none. */
export function unheardFailure(children: readonly Child[]): ActionError | undefined {
  const recordOf = new Map(children.map(({ name, record }) => [name, record]));
  const isSkipped = (name: string): boolean => recordOf.get(name)?.status === 'Skipped';
  /** By the name of a child: what it has failed with, or was skipped for. Children are in topological order. */
  const causes = new Map<string, ActionRecord>();
  for (const { name, record, criticality, runAfter, successors } of children) {
    if (record === undefined || record.status === 'Succeeded') continue;
    const isSkip = record.status === 'Skipped';
    // What was only told to stop is nobody's fault.
    const isFailure = record.status === 'Failed' || record.status === 'TimedOut';
    const isUnheard = isFailure && criticality === 'critical' && successors.every(isSkipped);
    const before = isSkip ? runAfter.find((other) => causes.has(other)) : undefined;
    const cause = before === undefined ? isUnheard && record : causes.get(before);
    if (!cause) continue;
    if (isSkip && successors.length === 0) return errorOf(cause);
    causes.set(name, cause);
  }
  return undefined;
}

function errorOf({ path, status, error, code }: ActionRecord): ActionError {
  return { code, message: `"${path}" ended ${status}: ${error?.message}` };
}
