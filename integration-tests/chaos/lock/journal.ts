/**
 * A history in a file, so that nothing of it is lost when its process is killed.
 *
 * Invariant: an operation is in the file before it begins, as one of unknown outcome, and again when it has
 * ended. Of two lines with the same number the later one counts; half a line is none.
 * @module
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import {
  type ErrorClass,
  historyFromJson,
  mergeHistories,
  type Operation,
  recordHistory,
} from '@runafter/testkit';

export class Journal<Op, Result> implements Disposable {
  readonly #descriptor: number;
  readonly #classify: (error: unknown) => ErrorClass;
  #count = 0;

  /** @param classify - see testkit's recordHistory. */
  constructor(file: string, classify: (error: unknown) => ErrorClass) {
    this.#descriptor = openSync(file, 'ax');
    this.#classify = classify;
  }

  /** Runs one operation of a client and notes it. What it returns or throws is passed on. */
  async record<R extends Result>(client: string, op: Op, run: () => Promise<R>): Promise<R> {
    const number = this.#count++;
    const history = recordHistory<Op, Result>({ clock, classify: this.#classify });
    const note = () => writeSync(this.#descriptor, `${number} ${JSON.stringify(history)}\n`);
    try {
      return await history.record(client, op, () => {
        note();
        return run();
      });
    } finally {
      note();
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** The clock of a journal, which all processes of this machine share: nanoseconds. */
export const clock = (): number => Number(process.hrtime.bigint());

/** Everything that journals hold, as one history. */
export function readJournals<Op, Result>(files: readonly string[]): Operation<Op, Result>[] {
  const histories = files.flatMap((file) => {
    const latest = new Map<string, string>();
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
      const end = line.indexOf(' ');
      latest.set(line.slice(0, end), line.slice(end + 1));
    }
    return [...latest.values()].map((text) => historyFromJson<Op, Result>(text));
  });
  return [...mergeHistories(...histories).operations];
}
