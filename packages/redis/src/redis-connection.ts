/**
 * A client of ioredis: one that was handed over, or one that is made here, with the first command.
 *
 * Invariant: a client that is made here sends each command once. When its connection ends, whatever was
 * under way is rejected and left to the caller, who knows how to ask whether it was done. A client that
 * was handed over may send a command again; `resends` says whether, so that writes are made recognisable.
 * @module
 */
import { untilAborted } from '@runafter/clock';
import {
  ServiceClientMissingError,
  ServiceClosedError,
  ServiceOptionError,
  ServiceUnavailableError,
} from '@runafter/errors';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { redisFault, replyCode } from './redis-errors.ts';

/** A client of ioredis. */
export type RedisClient = Redis | Cluster;

/** A client; or the options of one, or its URL, such as `redis://localhost:6379/0`. */
export type RedisSource = RedisClient | RedisOptions | string;

/** Whoever wants it otherwise hands over a client. */
const sentOnce = {
  // In ioredis, 0 means that a connection that ends takes with it what was under way. Without it,
  // commands that are not sent again would never be answered at all.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // Numbers beyond 2^53 would arrive rounded.
  stringNumbers: true,
  replyMapping: 'legacy',
  lazyConnect: true,
} satisfies RedisOptions;

/** What the options of a client that is made here may change. */
const defaults = {
  // In ioredis it grows to 5 seconds, in which a lease of which little is left is lost.
  retryStrategy: (attempts: number) =>
    Math.min(500, 25 * 2 ** attempts) * (0.5 + Math.random() / 2),
  // A master that has become a replica: look for the new one.
  reconnectOnError: (error: Error) => replyCode(error) === 'READONLY',
} satisfies RedisOptions;

/** Of a connection that only hears messages. Whoever listens connects anew, and knows from when on it hears. */
const forMessages = {
  lazyConnect: true,
  retryStrategy: null,
  reconnectOnError: null,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: true,
  socketTimeout: 10_000,
} satisfies RedisOptions;

/** How a client that is made here is used. */
export interface RedisConnectionOptions {
  /**
   * Milliseconds without any data while something is awaited, after which the connection is given up; ioredis would
   * wait for the end of TCP's patience. The user's own options come first. Default 10 000.
   */
  readonly socketTimeout?: number;
  /**
   * How many attempts to connect again a command waits for, in its turn, when the connection was lost: 5 take about
   * a second. The first connection of all is tried once, for its address may be wrong. Default 1.
   */
  readonly attempts?: number;
}

export class RedisConnection {
  /** What errors call it. */
  readonly name: string;
  readonly #given: RedisClient | undefined;
  readonly #options: RedisOptions | string;
  readonly #socketTimeout: number;
  readonly #attempts: number;
  /** ioredis says nothing to who waits for a connection that is not tried any more. */
  readonly #closed = new AbortController();
  #made: Redis | undefined;
  #hasBeenReady = false;
  #connecting: Promise<Redis> | undefined;
  #closing: Promise<void> | undefined;
  /** ioredis tells why it cannot connect by an event only. */
  #lastError: unknown;

  constructor(
    name: string,
    source: RedisSource,
    { socketTimeout = 10_000, attempts = 1 }: RedisConnectionOptions = {},
  ) {
    this.name = name;
    this.#socketTimeout = socketTimeout;
    this.#attempts = attempts;
    this.#given = isClient(source) ? source : undefined;
    this.#options = isClient(source) ? {} : source;
    const isOptions = typeof source === 'object' && source !== null;
    if (!isOptions && (typeof source !== 'string' || source === '')) {
      const fix =
        'is none. Pass a client of ioredis, its options, or a URL such as redis://host:6379.';
      throw new ServiceOptionError(name, 'client', fix);
    }
  }

  /** Whether the client may send a command again whose reply has not come. */
  get resends(): boolean {
    return this.#given !== undefined && mayResend(this.#given);
  }

  /** Whether integers of a reply come as text, and so exact. */
  get hasExactNumbers(): boolean {
    if (this.#given === undefined) return true;
    return !this.#given.isCluster && (this.#given as Redis).options.stringNumbers === true;
  }

  /** Sends commands. What cannot be sent at all fails as `not-done`. */
  async run<T>(send: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = this.#usable() ?? (await this.#connected());
    try {
      return await send(client);
    } catch (error) {
      throw redisFault(this.name, error);
    }
  }

  /** Another connection to the same place, not open yet, for messages; in a cluster, to one of its servers. */
  async duplicate(): Promise<Redis> {
    const client = this.#usable() ?? (await this.#connected());
    const origin = client.isCluster ? anyOf((client as Cluster).nodes('master')) : client;
    if (origin !== undefined) return (origin as Redis).duplicate(forMessages);
    const cause = new Error('the cluster has not told its servers');
    throw new ServiceUnavailableError(this.name, 'not-done', { cause });
  }

  /**
   * Refuses commands from now on, also those that wait for the connection; ends a client that was made here, after
   * what it has sent is answered.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ServiceClosedError(this.name));
    const client = this.#made;
    if (client?.status === 'ready') await client.quit().catch(() => {});
    client?.disconnect();
  }

  /** The client, when it takes commands at once. */
  #usable(): RedisClient | undefined {
    if (this.#closing !== undefined) throw new ServiceClosedError(this.name);
    if (this.#given === undefined) return this.#made?.status === 'ready' ? this.#made : undefined;
    // What is sent before it is ready waits in its queue.
    if (this.#given.status !== 'end') return this.#given;
    const cause = new Error('the client that was handed over has been disconnected');
    throw new ServiceUnavailableError(this.name, 'not-done', { cause });
  }

  /** All who wait for the connection wait for the same attempts. */
  async #connected(): Promise<Redis> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return await untilAborted(this.#closed.signal, this.#connecting);
  }

  async #connect(): Promise<Redis> {
    const Client = await this.#importClient();
    if (this.#closing !== undefined) throw new ServiceClosedError(this.name);
    this.#made ??= this.#make(Client);
    this.#lastError = undefined;
    for (let left = this.#hasBeenReady ? this.#attempts : 1; ; left--) {
      try {
        await ready(this.#made);
        this.#hasBeenReady = true;
        return this.#made;
      } catch (error) {
        // At its end, ioredis makes no other attempt by itself.
        if (left > 1 && this.#made.status !== 'end') continue;
        throw redisFault(this.name, this.#lastError ?? error, 'not-done');
      }
    }
  }

  #make(Client: typeof Redis): Redis {
    const own = { ...defaults, socketTimeout: this.#socketTimeout };
    const client =
      typeof this.#options === 'string'
        ? new Client(this.#options, { ...own, ...sentOnce })
        : new Client({ ...own, ...this.#options, ...sentOnce });
    client.on('error', (error) => {
      this.#lastError = error;
    });
    return client;
  }

  async #importClient(): Promise<typeof Redis> {
    try {
      return (await import('ioredis')).Redis;
    } catch (cause) {
      throw new ServiceClientMissingError(this.name, 'ioredis', { cause });
    }
  }
}

function isClient(source: RedisSource): source is RedisClient {
  return typeof source === 'object' && source !== null && 'evalsha' in source;
}

function mayResend(client: RedisClient): boolean {
  if (client.isCluster) return (client as Cluster).options.retryDelayOnFailover !== 0;
  const { autoResendUnfulfilledCommands, maxRetriesPerRequest } = (client as Redis).options;
  return autoResendUnfulfilledCommands !== false && maxRetriesPerRequest !== 0;
}

function anyOf<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

/** Resolves when commands go out at once; rejects when the next attempt to connect fails. */
async function ready(client: Redis): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'wait' || client.status === 'end') return await client.connect();
  await new Promise<void>((resolve, reject) => {
    const settle = (then: () => void) => () => {
      client.off('ready', onReady).off('close', onClose).off('end', onClose);
      then();
    };
    const onReady = settle(resolve);
    const onClose = settle(() => reject(new Error('the connection was closed')));
    client.on('ready', onReady).on('close', onClose).on('end', onClose);
  });
}
