/**
 * A database file and how everybody comes to it: opened with the first call, reads at once, writes by
 * group commit, and a wait through the Clock when another process has it.
 *
 * Invariant: nothing here blocks the event loop to wait. Read next: group-commit.ts, open-connection.ts.
 * @module
 */
import { type Clock, fixed, type RetryPolicy, retry } from '@runafter/clock';
import type { Connection } from './connection.ts';
import { GroupCommit, type Work } from './group-commit.ts';
import { type OpenOptions, openConnection } from './open-connection.ts';
import { isBusy, storeFault } from './sqlite-errors.ts';
import { StoreBusyError, StoreClosedError, StoreReadOnlyError } from './store-errors.ts';

export interface DatabaseOptions extends OpenOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly busyTimeout: number;
}

export class Database {
  readonly file: string;
  readonly #options: DatabaseOptions;
  readonly #whileBusy: RetryPolicy;
  readonly #writes: GroupCommit;
  #connection: Connection | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(file: string, options: DatabaseOptions) {
    this.file = file;
    this.#options = options;
    this.#whileBusy = fixed({
      count: Number.POSITIVE_INFINITY,
      interval: '10ms',
      // The whole of it: processes that found the file busy together do not come back together.
      jitter: 1,
      when: isBusy,
      totalTime: options.busyTimeout,
    });
    this.#writes = new GroupCommit({
      clock: options.clock,
      connect: () => this.#connect(),
      whenFree: (attempt) => this.#whenFree(attempt),
      fault: (error) => storeFault(file, error),
    });
  }

  /** Whether other connections can see what this one writes. */
  get isShared(): boolean {
    return this.file !== ':memory:';
  }

  /** Reads what has been committed, at once unless the file is busy. */
  async read<T>(work: Work<T>): Promise<T> {
    this.#assertOpen();
    return await this.#whenFree(() => work(this.#connect()));
  }

  /** Writes together with what else is written in this turn; see {@link GroupCommit}. */
  async write<T>(work: Work<T>): Promise<T> {
    this.#assertOpen();
    if (this.#options.readOnly) throw new StoreReadOnlyError(this.file);
    return await this.#writes.write(work);
  }

  /** Refuses calls from now on; resolves when earlier writes are done and the file is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  async #close(): Promise<void> {
    await this.#writes.idle();
    this.#closed = true;
    this.#connection?.close();
    this.#connection = undefined;
  }

  #assertOpen(): void {
    if (this.isClosing) throw new StoreClosedError(this.file);
  }

  /** The connection. After a failure, the next call tries to open the file again. */
  #connect(): Connection {
    if (this.#closed) throw new StoreClosedError(this.file);
    this.#connection ??= openConnection(this.file, this.#options);
    return this.#connection;
  }

  async #whenFree<T>(attempt: () => T): Promise<T> {
    try {
      // Almost always it is free, and then there is nothing to prepare.
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw storeFault(this.file, error);
    }
    const { clock } = this.#options;
    const since = clock.monotonic();
    try {
      return await retry(attempt, this.#whileBusy, { clock });
    } catch (error) {
      if (!isBusy(error)) throw storeFault(this.file, error);
      throw new StoreBusyError(this.file, clock.monotonic() - since, { cause: error });
    }
  }
}
