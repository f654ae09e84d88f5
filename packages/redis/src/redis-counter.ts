/**
 * A counter on Redis: one key for a counter, and one for each operation that counts once.
 *
 * Invariant: whatever is looked up or compared for an addition is in the same script as the addition, and
 * so in the same slot of a cluster: the counter's name is the hash tag of all its keys. Read next:
 * counter-scripts.ts.
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  type Addition,
  type AtomicCounter,
  type AtomicCounterOptions,
  atomicCounter,
  type CounterDriver,
  type Once,
  type Reset,
} from '@runafter/counter';
import { readProperty, ServiceRefusedError } from '@runafter/errors';
import { addToCounter, resetCounter } from './counter-scripts.ts';
import { assertKeyPrefix, defaultPrefix, toHashTag } from './key-prefix.ts';
import { type LuaScript, runScript } from './lua-script.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { replyCode } from './redis-errors.ts';
import { resendWindow } from './resend-window.ts';

/** Options of {@link redisCounter}. */
export interface RedisCounterOptions extends AtomicCounterOptions {
  /**
   * What keys begin with: counter `a` is kept under `runafter:counter:{a}`. Up to 200 characters.
   * Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
}

/**
 * Makes counters on Redis 7, Valkey, or newer.
 *
 * Every call is one round trip. Without `once`, an addition is a plain INCRBY, if the client is made here,
 * or if yours has `maxRetriesPerRequest: 0` and `stringNumbers: true`. A client that sends commands again
 * after a reconnection, as ioredis does by default, leaves a note of 5 minutes with each addition, so that
 * none counts twice.
 *
 * @param client - a client of ioredis, also a Cluster, which stays yours to close; or the options or the URL
 *   for one that the counter makes and closes.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const stock = redisCounter('redis://localhost:6379', { prefix: 'shop:' });
 * await stock.add('sold', 1, { once: order.id });
 * await stock.close();
 */
export function redisCounter(
  client: RedisSource,
  options: RedisCounterOptions = {},
): AtomicCounter {
  const { prefix = defaultPrefix, ...others } = options;
  const name = `Redis counters ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  const connection = new RedisConnection(name, client);
  return atomicCounter(new RedisCounterDriver(connection, prefix), others);
}

class RedisCounterDriver implements CounterDriver {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  /** With the number of a request, no other request of any process has the same. */
  readonly #id = randomUUID();
  #requests = 0;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  get name(): string {
    return this.#connection.name;
  }

  async add(name: string, amount: bigint, once: Once | undefined): Promise<Addition> {
    const counter = this.#keyOf(name);
    if (once !== undefined) {
      const note = `${counter}:once:${once.id}`;
      return await this.#change(
        addToCounter,
        [counter, note],
        [`${amount}`, Math.ceil(once.keptFor), 'repeated'],
      );
    }
    if (this.#connection.resends || !this.#connection.hasExactNumbers) {
      const keys = [counter, ...this.#noteOfRequest(counter)];
      return await this.#change(addToCounter, keys, [`${amount}`, resendWindow, 'added']);
    }
    try {
      const value = await this.#connection.run((client) => client.incrby(counter, `${amount}`));
      return { state: 'added', value: BigInt(value) };
    } catch (error) {
      // The code that an overflow has among others. Nothing was added, and the script tells them apart.
      if (replyCode(readProperty(error, 'cause')) !== 'ERR') throw error;
      return await this.#change(addToCounter, [counter], [`${amount}`]);
    }
  }

  async read(name: string): Promise<bigint> {
    const value = await this.#connection.run((client) => client.get(this.#keyOf(name)));
    return this.#toValue(value ?? '0');
  }

  async reset(name: string, to: bigint, expected: bigint | undefined): Promise<Reset> {
    const counter = this.#keyOf(name);
    const keys = [counter, ...this.#noteOfRequest(counter)];
    return await this.#change(resetCounter, keys, [`${to}`, `${expected ?? ''}`, resendWindow]);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #keyOf(name: string): string {
    return `${this.#prefix}counter:{${toHashTag(name)}}`;
  }

  /** The key under which a request finds what it has done already. */
  #noteOfRequest(counter: string): string[] {
    if (!this.#connection.resends) return [];
    return [`${counter}:request:${this.#id}:${++this.#requests}`];
  }

  async #change<State>(
    script: LuaScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<{ readonly state: State; readonly value: bigint }> {
    const reply = await this.#connection.run((client) => runScript(client, script, keys, args));
    const [state, value] = reply as [State, string];
    return { state, value: this.#toValue(value) };
  }

  #toValue(text: string): bigint {
    if (/^-?\d+$/.test(text)) return BigInt(text);
    const fix = 'A key with this prefix holds something that is no counter: use another prefix.';
    throw new ServiceRefusedError(this.name, fix);
  }
}
