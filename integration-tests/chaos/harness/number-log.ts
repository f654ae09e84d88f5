/**
 * A file of numbers that a process appends to, so that its successor and whoever watches know what it has
 * done, however it ended.
 *
 * Invariant: a number is in the file when `note` returns, and SIGKILL does not take it away again. Records
 * have one length, so the size of the file says how many there are, and half a record is none.
 * @module
 */
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';

const digits = 7;
const recordBytes = digits + 1;

/** The file, open for one process that writes. */
export class NumberLog implements Disposable {
  readonly #descriptor: number;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a');
    ftruncateSync(this.#descriptor, countLogged(file) * recordBytes);
  }

  /** @param number - whole, 0 to 9,999,999. */
  note(number: number): void {
    writeSync(this.#descriptor, `${String(number).padStart(digits)}\n`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** How many numbers the file has; 0 when there is no file yet. */
export function countLogged(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return Math.floor(size / recordBytes);
}

/** The numbers in the file, in the order in which they were noted. */
export function readLogged(file: string): number[] {
  const count = countLogged(file);
  if (count === 0) return [];
  return readFileSync(file, 'latin1').split('\n', count).map(Number);
}
