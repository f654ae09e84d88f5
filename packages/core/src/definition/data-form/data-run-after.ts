/**
 * Reads the runAfter of a data definition: names and statuses.
 * @module
 */

import { didYouMean } from '@runafter/errors';
import { ANY_RUN_AFTER, type Status, type StatusBits, statusBits, statuses } from '../../status.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { showValue } from '../rules/show-value.ts';

/** A sibling that is waited for, by name. */
export interface NamedEdge {
  readonly name: string;
  readonly accepts: StatusBits;
}

const spellings: ReadonlyMap<string, Status> = new Map(
  statuses.map((status) => [status.toLowerCase(), status]),
);

/** The status that a word means in any case; the word itself where it means none. */
export function readStatus(word: unknown): unknown {
  return typeof word === 'string' ? (spellings.get(word.toLowerCase()) ?? word) : word;
}

/**
 * Reads one runAfter.
 *
 * @throws {DefinitionError} `RUN_AFTER_INVALID`: not an object; `RUN_AFTER_STATUS`: a status that
 *   cannot be waited for, or none.
 */
export function readNamedEdges(place: DefinitionPlace, runAfter: unknown): NamedEdge[] {
  if (runAfter === undefined) return [];
  if (typeof runAfter !== 'object' || runAfter === null || Array.isArray(runAfter)) {
    throw new DefinitionError(
      'RUN_AFTER_INVALID',
      place,
      `runAfter is ${showValue(runAfter)}, but must be an object such as { Stock: ['Succeeded'] }.`,
      { option: 'runAfter', value: runAfter },
    );
  }
  return Object.entries(runAfter).map(([name, accepted]) => ({
    name,
    accepts: readStatuses(place, name, accepted),
  }));
}

function readStatuses(place: DefinitionPlace, name: string, accepted: unknown): StatusBits {
  if (!Array.isArray(accepted) || accepted.length === 0) {
    const problem =
      `runAfter has ${showValue(accepted)} for ${JSON.stringify(name)}, but must have ` +
      "at least one status in an array, such as ['Succeeded'].";
    throw statusError(place, name, accepted, problem);
  }
  let bits = 0;
  for (const word of accepted as readonly unknown[]) {
    const status = readStatus(word);
    const bit = statuses.includes(status as Status) ? statusBits(status as Status) : 0;
    if ((bit & ANY_RUN_AFTER) === 0)
      throw statusError(place, name, word, reasonFor(name, word, status));
    bits |= bit;
  }
  return bits;
}

function reasonFor(name: string, word: unknown, status: unknown): string {
  const shown = `runAfter waits for ${JSON.stringify(name)} with status ${showValue(word)}`;
  if (status === 'Cancelled') {
    return (
      `${shown}, but nothing runs after what was cancelled: a cancel ends everything around it. ` +
      'Leave it out.'
    );
  }
  const accepted = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'];
  const meant = typeof word === 'string' ? didYouMean(word, accepted) : '';
  return `${shown}, which does not exist.${meant} Use ${accepted.join(', ')}.`;
}

function statusError(
  place: DefinitionPlace,
  name: string,
  value: unknown,
  problem: string,
): DefinitionError {
  return new DefinitionError('RUN_AFTER_STATUS', place, problem, {
    option: `runAfter.${name}`,
    value,
  });
}
