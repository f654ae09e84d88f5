/**
 * Counters as rows, changed by the procedures that flows call, too: one round trip each.
 *
 * Invariant: what has to be one step is one step inside a procedure, so nothing here can come between.
 * Read next: counter-procedures.ts.
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
import type { MssqlClient, Parameter } from './mssql-client.ts';
import { isOutOfRange } from './mssql-errors.ts';
import { quotedSchema } from './quoted-name.ts';
import { toStoredText } from './stored-text.ts';

/** Options of {@link mssqlCounter}. */
export interface MssqlCounterOptions extends AtomicCounterOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
}

/**
 * Counters in SQL Server. Call `migrate()` before their first use.
 *
 * @param client - a connected pool of yours, or how to connect: options of `mssql`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const counters = mssqlCounter(pool);
 * const number = await counters.addAndGet('invoice-number', 1, { once: idempotencyKey });
 */
export function mssqlCounter(
  client: MssqlClient,
  options: MssqlCounterOptions = {},
): AtomicCounter {
  return atomicCounter(new MssqlCounters(client, options), options);
}

/** A hundred years, in milliseconds: what is kept longer is kept that long. */
const longest = 3_155_760_000_000;

class MssqlCounters implements CounterDriver {
  readonly name: string;
  readonly #connection: Connection;
  readonly #schema: string;

  constructor(client: MssqlClient, { databaseSchema = 'runafter', clock }: MssqlCounterOptions) {
    this.name = `SQL Server counters "${databaseSchema}"`;
    this.#schema = quotedSchema(this.name, 'databaseSchema', databaseSchema);
    this.#connection = new Connection(this.name, client, clock);
  }

  async add(
    name: string,
    amount: bigint,
    once: Once | undefined,
    options: CallOptions,
  ): Promise<Addition> {
    try {
      return await this.#add(name, amount, once, options);
    } catch (error) {
      if (!isOutOfRange(readProperty(error, 'cause'))) throw error;
      return { state: 'overflow', value: await this.read(name, options) };
    }
  }

  async read(name: string, options: CallOptions): Promise<bigint> {
    const read = `SELECT value FROM ${this.#schema}.counters WHERE name = @counter + N'|';`;
    const [row] = await this.#connection.run<ValueRow>(read, counterNamed(name), options);
    return row === undefined ? 0n : BigInt(row.value);
  }

  async reset(
    name: string,
    to: bigint,
    expected: bigint | undefined,
    options: CallOptions,
  ): Promise<Reset> {
    const [row] = await this.#connection.run<ValueRow & { readonly was_reset: boolean }>(
      `EXEC ${this.#schema}.reset_counter @counter = @counter, @to = @to, @expected = @expected;`,
      { ...counterNamed(name), to: { bigint: to }, expected: { bigint: expected ?? null } },
      options,
    );
    const { value, was_reset: wasReset } = answered(row);
    return { state: wasReset ? 'reset' : 'changed', value: BigInt(value) };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #add(
    name: string,
    amount: bigint,
    once: Once | undefined,
    options: CallOptions,
  ): Promise<Addition> {
    const operation = once === undefined ? null : toStoredText(once.id);
    const keptFor = BigInt(Math.ceil(Math.min(once?.keptFor ?? 0, longest)));
    const [row] = await this.#connection.run<ValueRow & { readonly counted: boolean }>(
      `EXEC ${this.#schema}.add_to_counter @counter = @counter, @amount = @amount,
         @operation = @operation, @keep_for_ms = @keep_for_ms;`,
      {
        ...counterNamed(name),
        amount: { bigint: amount },
        operation: { text: operation, length: 400 },
        keep_for_ms: { bigint: keptFor },
      },
      options,
    );
    const { value, counted } = answered(row);
    return { state: counted ? 'added' : 'repeated', value: BigInt(value) };
  }
}

interface ValueRow {
  /** The client gives a bigint as text, whole. */
  readonly value: string;
}

function counterNamed(name: string): { readonly counter: Parameter } {
  return { counter: { text: toStoredText(name), length: 400 } };
}

function answered<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new TypeError('A procedure of runafter has answered with no row.');
  return row;
}
