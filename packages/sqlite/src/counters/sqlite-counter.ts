/**
 * Counters in an SQLite file, which may also hold runs and documents.
 *
 * Invariant: an operation is looked up, added and kept within one transaction. Additions that are called
 * in the same turn of the event loop share one, so a hundred of them cost one forced write to the disk.
 * Read next: counter-table.ts, ../group-commit.ts.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import {
  type Addition,
  type AtomicCounter,
  type AtomicCounterOptions,
  atomicCounter,
  type CounterDriver,
  type Once,
  type Reset,
} from '@runafter/counter';
import type { Connection } from '../connection.ts';
import type { Database } from '../database.ts';
import { databaseOf, type SqliteFileOptions } from '../database-options.ts';
import { assertPrefixOption, serviceName } from '../prefix-option.ts';
import { asService } from '../service-faults.ts';
import { addToCounter, readCounter, resetCounter } from './counter-table.ts';
import { forgetExpired, hasCounted, keepCounted } from './operation-table.ts';

/** Options of {@link sqliteCounter}. */
export interface SqliteCounterOptions extends AtomicCounterOptions, SqliteFileOptions {
  /**
   * What names begin with in the table, so that counters with different prefixes share a file and nothing
   * else. Up to 200 characters. Default ''.
   */
  readonly prefix?: string | undefined;
  /** By which ids expire and waits are made. All processes of a file need the same time. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes counters in a file of this machine. Several processes may use the file at the same time, and it
 * may be that of a run store.
 *
 * The file is opened, created and brought up to date by the first call.
 *
 * @param file - its path, or ':memory:' for counters that end with the process. Never on a network share.
 * @returns counters whose errors are those of every counter; the `StoreError` of the file is their `cause`.
 * @throws {DurationError} `DURATION_INVALID`: an option is not a duration.
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`: an option cannot be used.
 * @example
 * const counters = sqliteCounter('app.db');
 * await counters.add('orders', 1, { once: order.id });
 * await counters.close();
 */
export function sqliteCounter(file: string, options: SqliteCounterOptions = {}): AtomicCounter {
  const { prefix = '', synchronous, busyTimeout, readOnly, ...others } = options;
  const { clock = systemClock } = options;
  const database = databaseOf(file, { synchronous, busyTimeout, readOnly, clock });
  assertPrefixOption(file, prefix);
  return atomicCounter(new SqliteCounterDriver(database, prefix, clock), others);
}

class SqliteCounterDriver implements CounterDriver {
  readonly name: string;
  readonly #database: Database;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(database: Database, prefix: string, clock: Clock) {
    this.name = serviceName('counters', prefix, database);
    this.#database = database;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  add(name: string, amount: bigint, once: Once | undefined): Promise<Addition> {
    const counter = this.#prefix + name;
    const work = this.#database.write((connection) =>
      once === undefined
        ? addToCounter(connection, counter, amount)
        : this.#addOnce(connection, counter, amount, once),
    );
    return asService(this.name, work);
  }

  read(name: string): Promise<bigint> {
    const work = this.#database.read((connection) => readCounter(connection, this.#prefix + name));
    return asService(this.name, work);
  }

  reset(name: string, to: bigint, expected: bigint | undefined): Promise<Reset> {
    const work = this.#database.write((connection) =>
      resetCounter(connection, this.#prefix + name, to, expected),
    );
    return asService(this.name, work);
  }

  close(): Promise<void> {
    return asService(this.name, this.#database.close());
  }

  #addOnce(connection: Connection, counter: string, amount: bigint, once: Once): Addition {
    const now = this.#clock.now();
    forgetExpired(connection, now);
    if (hasCounted(connection, counter, once.id, now)) {
      return { state: 'repeated', value: readCounter(connection, counter) };
    }
    const addition = addToCounter(connection, counter, amount);
    if (addition.state === 'added') {
      keepCounted(connection, counter, once.id, now + once.keptFor);
    }
    return addition;
  }
}
