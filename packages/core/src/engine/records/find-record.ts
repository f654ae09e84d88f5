/**
 * Finds a record by its path, such as `Orders[3]/Notify/Mail`.
 * @module
 */
import type { ActionRecord } from './action-record.ts';

const step = /^(?<name>[^[\]]+)(?:\[(?<index>\d+)\])?$/;

/** The record at `path`; undefined when there is none, or it was not kept. */
export function findRecord(
  records: readonly ActionRecord[],
  path: string,
): ActionRecord | undefined {
  let level = records;
  let found: ActionRecord | undefined;
  for (const text of path.split('/')) {
    const { name, index } = step.exec(text)?.groups ?? {};
    found = level.find((record) => record.name === name);
    if (found === undefined) return undefined;
    if (index === undefined) level = found.results;
    else {
      const iteration = found.iterations?.find((one) => one.index === Number(index));
      if (iteration === undefined) return undefined;
      level = iteration.results;
      // An iteration is no record itself; what its path leads on to may be.
      found = undefined;
    }
  }
  return found;
}
