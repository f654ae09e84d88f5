/**
 * What a process of clients is told.
 * @module
 */

/** Which port is used. */
export type Part = 'documents' | 'counters';

/** One process's share. It travels as JSON. */
export interface Task {
  /** From 1 on. */
  readonly process: number;
  /** The URL of a module that exports a `backend`. */
  readonly backend: string;
  readonly place: object;
  /** Whether the place is reached by way of the faulty network. */
  readonly isFaulty: boolean;
  readonly part: Part;
  /** The documents or counters that all clients work on. */
  readonly keys: readonly string[];
  readonly seed: number;
  /** For how many milliseconds clients work, once all processes are ready. */
  readonly lasts: number;
  /** How many operations each client makes at least, however long that takes. */
  readonly least: number;
  /** Where it is told that all are ready. */
  readonly startingLine: string;
  /** Where its history is to be written. */
  readonly historyFile: string;
}
