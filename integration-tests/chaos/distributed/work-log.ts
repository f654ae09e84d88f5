/**
 * What the workers did, line by line, in one file: it stands for the services that their handlers call.
 *
 * Invariant: lines are appended in single writes (O_APPEND), so their order is the order in which things happened,
 * over all processes, and SIGKILL takes no line away again.
 * @module
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** A handler is called, or its effect takes place; a service that knows the key changes nothing any more. */
export interface CallEntry {
  readonly what: 'call' | 'effect';
  /** The id of the run and the path of the action, through child workflows. */
  readonly address: string;
  readonly attempt: number;
  /** The idempotency key. */
  readonly key: string;
}

/** A compensation is called. */
export interface UndoCallEntry {
  readonly what: 'undo-call';
  /** Of the step that it undoes. */
  readonly address: string;
  readonly attempt: number;
  /** The idempotency key of the undoing. */
  readonly key: string;
}

/** What a step did is undone; a service that knows the key changes nothing any more. */
export interface UndoneEntry {
  readonly what: 'undo-effect';
  readonly address: string;
  readonly key: string;
  /** The idempotency key of the step. */
  readonly of: string;
}

/** The store has granted an attempt to this process, or has kept the report of one. */
export interface DeliveryEntry {
  readonly what: 'claimed' | 'reported';
  readonly address: string;
  readonly attempt: number;
  /** How often the attempt was delivered, this time included. */
  readonly delivery: number;
}

/** The store has recorded the first outcome of something, or the end of a run. */
export interface RecordEntry {
  readonly what: 'recorded' | 'ended';
  readonly address: string;
}

export type WorkEntry = CallEntry | UndoCallEntry | UndoneEntry | DeliveryEntry | RecordEntry;

/** The file, open for one process that writes. */
export class WorkLog implements Disposable {
  readonly #descriptor: number;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a');
  }

  readonly note = (entry: WorkEntry): void => {
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
  };

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** Everything that was noted, in order; nothing when nobody has written yet. */
export function readWorkLog(file: string): WorkEntry[] {
  const lines = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as WorkEntry);
}
