/**
 * Counters as rows: an addition is one statement, and PostgreSQL's row lock is all the coordination.
 *
 * Invariant: each call is one statement, so it is done as a whole or not at all. With `once` that
 * statement takes its locks in one order (its own id, expired ids without waiting, the counter last), so
 * no two of them can wait for each other. Read next: migrations.ts for the tables.
 * @module
 */
import {
  type Addition,
  type AtomicCounter,
  type AtomicCounterOptions,
  atomicCounter,
  type CounterDriver,
  type Once,
  type Reset,
} from '@runafter/counter';
import { readProperty } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import { Connection } from './connection.ts';
import { isOutOfRange } from './postgres-errors.ts';
import { quotedSchema } from './quoted-name.ts';
import type { PostgresClient } from './sessions.ts';
import { toStoredText } from './stored-text.ts';

/** Options of {@link postgresCounter}. */
export interface PostgresCounterOptions extends AtomicCounterOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
}

/**
 * Counters in PostgreSQL. Call `migrate()` before their first use.
 *
 * @param client - a pool of yours, or how to connect: options of `pg`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const counters = postgresCounter(pool);
 * const number = await counters.addAndGet('invoice-number', 1, { once: idempotencyKey });
 */
export function postgresCounter(
  client: PostgresClient,
  options: PostgresCounterOptions = {},
): AtomicCounter {
  return atomicCounter(new PostgresCounters(client, options), options);
}

/** How many expired ids an addition with an id deletes at most: more than come, so that they get fewer. */
const sweep = 8;

/** A hundred years, in milliseconds: what is kept longer is kept that long. */
const longest = 3_155_760_000_000;

class PostgresCounters implements CounterDriver {
  readonly name: string;
  readonly #connection: Connection;
  readonly #statements: Statements;

  constructor(
    client: PostgresClient,
    { databaseSchema = 'runafter', clock }: PostgresCounterOptions,
  ) {
    this.name = `PostgreSQL counters "${databaseSchema}"`;
    this.#statements = statementsFor(quotedSchema(this.name, 'databaseSchema', databaseSchema));
    this.#connection = new Connection(this.name, client, clock);
  }

  async add(
    name: string,
    amount: bigint,
    once: Once | undefined,
    options: CallOptions,
  ): Promise<Addition> {
    try {
      const added = await this.#added(toStoredText(name), amount, once, options);
      if (added !== undefined) return { state: 'added', value: added };
    } catch (error) {
      if (!isOutOfRange(readProperty(error, 'cause'))) throw error;
      return { state: 'overflow', value: await this.read(name, options) };
    }
    // Read by a statement of its own: the one above has looked before it waited for the first use of the id.
    return { state: 'repeated', value: await this.read(name, options) };
  }

  async read(name: string, options: CallOptions): Promise<bigint> {
    const { read } = this.#statements;
    return (await this.#value(read, [toStoredText(name)], options)) ?? 0n;
  }

  async reset(
    name: string,
    to: bigint,
    expected: bigint | undefined,
    options: CallOptions,
  ): Promise<Reset> {
    const { reset, create } = this.#statements;
    const stored = toStoredText(name);
    for (;;) {
      const values = [stored, `${to}`, expected === undefined ? null : `${expected}`];
      const value = await this.#value(reset, values, options);
      const meets = (found: bigint) => expected === undefined || found === expected;
      if (value !== undefined) return { state: meets(value) ? 'reset' : 'changed', value };
      if (!meets(0n)) return { state: 'changed', value: 0n };
      const created = await this.#value(create, [stored, `${to}`], options);
      if (created !== undefined) return { state: 'reset', value: 0n };
      // Somebody has added to it for the first time meanwhile; rows are never deleted, so now it is there.
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** @returns undefined when the id has counted before. */
  #added(
    stored: string,
    amount: bigint,
    once: Once | undefined,
    options: CallOptions,
  ): Promise<bigint | undefined> {
    const { add, addOnce } = this.#statements;
    if (once === undefined) return this.#value(add, [stored, `${amount}`], options);
    const keptFor = Math.min(once.keptFor, longest);
    const values = [stored, `${amount}`, toStoredText(once.id), keptFor, sweep];
    return this.#value(addOnce, values, options);
  }

  async #value(
    text: string,
    values: readonly (string | number | null)[],
    options: CallOptions,
  ): Promise<bigint | undefined> {
    const [row] = await this.#connection.run<{ value: string }>(text, values, options);
    return row === undefined ? undefined : BigInt(row.value);
  }
}

type Statements = ReturnType<typeof statementsFor>;

/** @param schema - quoted. Values come as text, since a parser for bigint may have been set in `pg`. */
function statementsFor(schema: string) {
  const counters = `${schema}.counters`;
  const operations = `${schema}.counter_operations`;
  return {
    add: `
      INSERT INTO ${counters} AS counter (name, value) VALUES ($1, $2::bigint)
      ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
      RETURNING value::text`,
    // Each part takes its rows from the one before, which is what keeps the locks in order. Expired ids
    // are looked for with the time of the statement, for only what is stable can be looked up in an index.
    addOnce: `
      WITH kept AS (
        INSERT INTO ${operations} AS operation (counter, operation, expires_at)
        VALUES ($1, $3, clock_timestamp() + $4::float8 * interval '1 ms')
        ON CONFLICT (counter, operation) DO UPDATE SET expires_at = excluded.expires_at
        WHERE operation.expires_at <= clock_timestamp()
        RETURNING counter
      ), expired AS MATERIALIZED (
        SELECT counter, operation FROM ${operations}
        WHERE expires_at <= statement_timestamp() AND EXISTS (SELECT FROM kept)
        ORDER BY expires_at LIMIT $5 FOR UPDATE SKIP LOCKED
      ), swept AS (
        DELETE FROM ${operations} AS operation USING expired
        WHERE (operation.counter, operation.operation) = (expired.counter, expired.operation)
        RETURNING 1
      ), ready AS MATERIALIZED (
        SELECT kept.counter FROM kept, (SELECT count(*) FROM swept) AS done
      )
      INSERT INTO ${counters} AS counter (name, value) SELECT ready.counter, $2::bigint FROM ready
      ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
      RETURNING value::text`,
    read: `SELECT value::text FROM ${counters} WHERE name = $1`,
    reset: `
      WITH found AS (
        SELECT name, value FROM ${counters} WHERE name = $1 FOR UPDATE
      ), changed AS (
        UPDATE ${counters} AS counter SET value = $2::bigint FROM found
        WHERE counter.name = found.name AND ($3::bigint IS NULL OR found.value = $3::bigint)
      )
      SELECT value::text FROM found`,
    create: `
      INSERT INTO ${counters} (name, value) VALUES ($1, $2::bigint)
      ON CONFLICT DO NOTHING RETURNING value::text`,
  };
}
