/**
 * Group commit: writes that are called in the same turn of the event loop share one transaction, and so
 * one forced write to the disk.
 *
 * Invariant: writes take effect in the order of their calls, and a promise resolves only after its
 * COMMIT. A write that fails is undone alone: the transaction is rolled back and the writes of it are
 * done again one by one. So a write may be called more than once, and must do nothing but use the
 * connection.
 *
 * The queue is drained by setImmediate and not in a microtask: then all promise chains have called what
 * they want to write, and a chain of awaited writes leaves room for timers and requests.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Connection } from './connection.ts';
import { isBusy } from './sqlite-errors.ts';

/** One transaction takes on no further write after so many, or after so many milliseconds. */
const maxWrites = 1_000;
const maxMs = 10;

/** What is to be done within a transaction. */
export type Work<T> = (connection: Connection) => T;

interface Write {
  readonly work: Work<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitOptions {
  readonly clock: Clock;
  /** Hands over the connection; throws when there is none. */
  readonly connect: () => Connection;
  /** Calls until somebody else does not keep the database busy any more. */
  readonly whenFree: <T>(attempt: () => T) => Promise<T>;
  /** What a caller is told of an error. */
  readonly fault: (error: unknown) => unknown;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #queue: Write[] = [];
  #draining: Promise<void> | undefined;
  /** So many of the next writes are done alone, because one of them has failed. */
  #alone = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Does the work in the next transaction; resolves with what it returns, after the commit. */
  write<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as Write['resolve'], reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when all writes that were called before have been settled. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await nextTurn();
      const waiting = this.#queue.length;
      try {
        await this.#options.whenFree(() => this.#commit());
      } catch (error) {
        // There was no transaction at all: whoever has waited for it is told.
        for (const write of this.#queue.splice(0, waiting)) write.reject(error);
      }
    }
    this.#draining = undefined;
  }

  /** Does the first writes of the queue in one transaction. They stay in the queue until they are settled. */
  #commit(): void {
    const connection = this.#options.connect();
    const limit = this.#alone > 0 ? 1 : maxWrites;
    const results: unknown[] = [];
    connection.begin();
    try {
      this.#perform(connection, results, limit);
      connection.commit();
    } catch (error) {
      connection.rollback();
      if (isBusy(error)) throw error;
      this.#goOnAlone(Math.min(results.length + 1, limit, this.#queue.length), error);
      return;
    }
    this.#alone = Math.max(0, this.#alone - 1);
    const done = this.#queue.splice(0, results.length);
    for (const [at, write] of done.entries()) write.resolve(results[at]);
  }

  #perform(connection: Connection, results: unknown[], limit: number): void {
    const { clock } = this.#options;
    const until = clock.monotonic() + maxMs;
    for (const { work } of this.#queue) {
      results.push(work(connection));
      if (results.length === limit || clock.monotonic() >= until) return;
    }
  }

  /** After a transaction of so many writes has failed. */
  #goOnAlone(attempted: number, error: unknown): void {
    if (attempted > 1) {
      this.#alone = attempted;
      return;
    }
    this.#alone = Math.max(0, this.#alone - 1);
    this.#queue.shift()?.reject(this.#options.fault(error));
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
