/**
 * Records what clients call and what they get, in the order in which it happens.
 *
 * Invariant: the invocation is noted before the call begins and the return after it has ended, so the
 * moment at which the operation took effect lies between the two.
 * Read next: check-history.ts; history-json.ts for histories of several processes.
 * @module
 */
import { toFault } from '@runafter/errors';
import { type HistoryJson, historyToJson } from './history-json.ts';
import type { History, Outcome } from './operation.ts';

/** What an error says about the effect of its operation. */
export type ErrorClass = 'failed' | 'unknown';

/** Options of {@link recordHistory}. */
export interface RecordOptions {
  /**
   * The time, when histories of several processes are to be merged: a clock that all of them read, which
   * never goes back and is finer than the operations are fast. On one machine that is
   * `() => Number(process.hrtime.bigint())`. Two machines have no such clock. Without it the events are
   * counted: 1, 2, 3, …, which orders everything in one process.
   */
  readonly clock?: () => number;
  /**
   * What a thrown error means: 'failed' when the operation certainly had no effect and never will,
   * 'unknown' when it may have had one. Whoever is in doubt says 'unknown', which never makes a false
   * alarm. Default: always 'unknown'.
   */
  readonly classify?: (error: unknown) => ErrorClass;
}

/** A history that is being recorded. */
export interface HistoryRecorder<Op, Result> extends History<Op, Result> {
  /**
   * Runs one operation of a client and notes it. What it returns or throws is passed on.
   *
   * A value that is no promise is noted at once. A result that is changed later is not copied: record
   * what you will not change.
   */
  record<R extends Result>(client: string, op: Op, run: () => R | Promise<R>): Promise<R>;

  /**
   * Notes something that may happen from now on without anybody calling it or seeing it, such as a
   * lease that runs out.
   */
  mayHappen(client: string, op: Op): void;

  /** What `JSON.stringify` writes; `historyFromJson` reads it. */
  toJSON(): HistoryJson;
}

interface Entry<Op, Result> {
  readonly client: string;
  readonly op: Op;
  readonly invoked: number;
  returned: number;
  outcome: Outcome<Result>;
}

/**
 * Begins to record a history.
 *
 * @example
 * const history = recordHistory<RegisterOp<number>, RegisterResult<number>>();
 * await Promise.all([
 *   history.record('A', { kind: 'write', value: 8 }, () => store.write(8)),
 *   history.record('B', { kind: 'read' }, () => store.read()),
 * ]);
 * const verdict = checkHistory(history.operations, registerModel<number>());
 */
export function recordHistory<Op, Result>(
  options: RecordOptions = {},
): HistoryRecorder<Op, Result> {
  const { clock, classify = () => 'unknown' } = options;
  let events = 0;
  const now = clock ?? (() => ++events);
  const entries: Entry<Op, Result>[] = [];

  const invoke = (client: string, op: Op): Entry<Op, Result> => {
    const outcome: Outcome<Result> = { status: 'unknown' };
    const entry = { client, op, invoked: now(), returned: Infinity, outcome };
    entries.push(entry);
    return entry;
  };

  return {
    time: clock === undefined ? 'counted' : 'clock',
    get operations() {
      return entries.map((entry) => ({ ...entry }));
    },
    async record(client, op, run) {
      const entry = invoke(client, op);
      try {
        const value = await run();
        entry.returned = now();
        entry.outcome = { status: 'ok', value };
        return value;
      } catch (error) {
        const status = classify(error);
        if (status === 'failed') entry.returned = now();
        entry.outcome = { status, error: toFault(error).message };
        throw error;
      }
    },
    mayHappen(client, op) {
      invoke(client, op);
    },
    toJSON() {
      return historyToJson(this);
    },
  };
}
