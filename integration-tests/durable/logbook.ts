/**
 * The logbook of a database: what the programs that work on it did, line by line, in one file.
 *
 * Invariant: lines are appended in single writes (O_APPEND), so the order of the lines is the order in
 * which things happened, over all processes, and a line that was written outlives its process.
 * @module
 */
import { openSync, readFileSync, writeSync } from 'node:fs';

/** Where in the database file something is, at the latest; see write-ahead-log.ts. */
export interface WalPosition {
  readonly salt: string;
  readonly frames: number;
}

/** The handler of an action is called, or is over. */
export interface CallEntry {
  readonly what: 'begins' | 'ends';
  readonly pid: number;
  /** Which beginning of the run in its process, from 0. */
  readonly beginning: number;
  readonly runId: string;
  /** The id of the run and the path of the action, through child workflows. */
  readonly address: string;
  readonly attempt: number;
  readonly key: string;
}

/** The store has granted the lease of a run. */
export interface GrantEntry {
  readonly what: 'granted';
  readonly pid: number;
  readonly runId: string;
  readonly token: number;
  /** Milliseconds since 1970, when the answer had come. */
  readonly at: number;
}

/** The store has answered to an outcome. */
export interface OutcomeEntry {
  readonly what: 'outcome';
  readonly pid: number;
  readonly runId: string;
  readonly address: string;
  readonly state: 'recorded' | 'duplicate' | 'fenced';
  readonly wal: WalPosition | undefined;
}

/** The store has answered to the end of a run. */
export interface EndEntry {
  readonly what: 'ended';
  readonly pid: number;
  readonly runId: string;
  readonly kept: boolean;
}

/** A process was told that it does not hold a run any more. */
export interface LossEntry {
  readonly what: 'lost';
  readonly pid: number;
  readonly runId: string;
}

export type Entry = CallEntry | GrantEntry | OutcomeEntry | EndEntry | LossEntry;

export class Logbook {
  readonly file: string;
  #descriptor: number | undefined;

  constructor(file: string) {
    this.file = file;
  }

  write(entry: Entry): void {
    this.#descriptor ??= openSync(this.file, 'a');
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
  }

  /** Everything so far. */
  read(): readonly Entry[] {
    const lines = readFileSync(this.file, { encoding: 'utf8', flag: 'a+' }).split('\n');
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
  }
}

/** The calls among the entries. */
export function beginnings(entries: readonly Entry[]): readonly CallEntry[] {
  return entries.filter((entry): entry is CallEntry => entry.what === 'begins');
}
