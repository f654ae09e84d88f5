/**
 * What a worker is told, and where it notes what it has done.
 * @module
 */
import { join } from 'node:path';

/** One worker's share. It travels as JSON. */
export interface StateTask {
  /** The URL of a module that exports a `backend`. */
  readonly backend: string;
  readonly place: object;
  readonly part: 'counter' | 'document';
  /** Its operations have these numbers: `first` and those after it. */
  readonly first: number;
  readonly count: number;
  readonly inFlight: number;
  /** The log of operations that were begun. */
  readonly begun: string;
  /** The log of operations that were acknowledged. */
  readonly acknowledged: string;
}

/** The counter that all workers add to, and the key of the document that they write. */
export const sharedName = 'chaos';

/** What an operation is known by. */
export function operationId(number: number): string {
  return `operation-${number}`;
}

/** The files of a worker's logs. */
export function logsOf(folder: string, part: StateTask['part'], worker: number) {
  const file = (what: string) => join(folder, `${part}-${worker}-${what}`);
  return { begun: file('begun'), acknowledged: file('acknowledged') };
}
