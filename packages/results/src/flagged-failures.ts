/**
 * The failures of what is declared important, found in records at any depth.
 *
 * Invariant: a failure is told once, by the innermost policy around it that has an `onFlagged`. That
 * scope leaves a record of telling it, so what is inside of it is not looked at again.
 * @module
 */
import type { ActionRecord } from '@runafter/core';
import type { FlaggedFailure } from './failure-policy.ts';

/** How the records of `onFlagged` are called, with a number from 1. */
const prefixOfTold = 'On_Flagged_';

/** The name of the record of telling the failure at this position. */
export function nameOfTold(position: number): string {
  return `${prefixOfTold}${position + 1}`;
}

/** A branch must not have a name that a record of telling may get. */
export function isNameOfTold(name: string): boolean {
  return name.startsWith(prefixOfTold);
}

/** Failures in these records and inside them, in the order of the definition and of the items. */
export function* flaggedIn(
  records: Iterable<ActionRecord>,
  around = '',
): Generator<FlaggedFailure, void> {
  for (const record of records) {
    if (!hasTold(record)) yield* flaggedInside(record, around);
    const { status, error } = record;
    if (record.criticality !== 'important') continue;
    if (status !== 'Failed' && status !== 'TimedOut') continue;
    // What was thrown is not kept over a restart, so nobody gets it.
    const reason = error && { code: error.code, message: error.message };
    yield { path: around + record.path, status, error: reason };
  }
}

function* flaggedInside(record: ActionRecord, around: string): Generator<FlaggedFailure, void> {
  const inside = record.kind === 'child' ? `${around}${record.path}/` : around;
  if (record.iterations === undefined) yield* flaggedIn(record.results, inside);
  else for (const { results } of record.iterations) yield* flaggedIn(results, inside);
}

function hasTold({ kind, results }: ActionRecord): boolean {
  return (
    kind === 'container' &&
    results.some((record) => record.kind === 'shielded' && isNameOfTold(record.name))
  );
}
