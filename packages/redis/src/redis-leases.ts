/**
 * The driver of locks, semaphores, limiters and run gates: each request is one script, and a channel tells releases.
 *
 * Invariant: all keys of a name are in one slot of a cluster, for the name is their hash tag. A request whose
 * signal has aborted is not sent any more, so what is sent later to give it back also arrives later.
 * Read next: lease-scripts.ts; release-channel.ts.
 * @module
 */
import { type Clock, untilAborted, type WaitOptions } from '@runafter/clock';
import type {
  AcquireRequest,
  Busy,
  Granted,
  LeaseDriver,
  LeaseRequest,
  Watch,
} from '@runafter/lock';
import { toHashTag } from './key-prefix.ts';
import type { LeaseScripts } from './lease-scripts.ts';
import { type LuaScript, runScript } from './lua-script.ts';
import { inspectPermits } from './permit-holders.ts';
import type { RedisConnection, RedisConnectionOptions } from './redis-connection.ts';
import { ReleaseChannel } from './release-channel.ts';

/** What the driver is made of, besides the connection. */
export interface RedisLeasesOptions {
  /** What keys and channels begin with. */
  readonly prefix: string;
  readonly scripts: LeaseScripts;
  /** By which it waits to connect again. */
  readonly clock: Clock;
}

/** What the server has of a name. */
export interface PermitsLook {
  /** The weight of all permits that are held. */
  readonly held: number;
  /** How many stand in line. */
  readonly waiting: number;
}

/** All requests are short, and a lease of few seconds is lost with the connection that it is renewed on. */
export const leaseConnection: RedisConnectionOptions = { socketTimeout: 2_000 };

/** In milliseconds, of limiters and gates: who waits does so until somebody aborts. */
export const forever: number = Number.MAX_SAFE_INTEGER;

export class RedisLeases implements LeaseDriver {
  readonly queues = true;
  readonly #connection: RedisConnection;
  readonly #scripts: LeaseScripts;
  /** What all keys begin with, before a name's hash tag. */
  readonly #keys: string;
  readonly #releases: ReleaseChannel;

  constructor(connection: RedisConnection, { prefix, scripts, clock }: RedisLeasesOptions) {
    this.#connection = connection;
    this.#scripts = scripts;
    this.#keys = `${prefix}${scripts.kind}:`;
    this.#releases = new ReleaseChannel(connection, prefix, clock);
  }

  get name(): string {
    return this.#connection.name;
  }

  async acquire(request: AcquireRequest, { signal }: WaitOptions): Promise<Granted | Busy> {
    const { acquire, acquireArgs, refusal } = this.#scripts;
    const place = request.place === undefined ? '' : Math.ceil(request.place);
    const args = [toExpiry(request.ttl), place, this.#releases.name, ...acquireArgs(request)];
    const reply = await this.#run(acquire, request, args, signal);
    if (typeof reply === 'string') return { granted: true, token: BigInt(reply) };
    const [heldBy, freeIn, ...why] = reply as [string, ...(string | number)[]];
    if (refusal !== undefined && why.length > 0) throw refusal(why);
    return {
      granted: false,
      heldBy: heldBy === '' ? undefined : heldBy,
      freeIn: freeIn === '' || freeIn === undefined ? undefined : Number(freeIn),
    };
  }

  async renew(request: LeaseRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    const renewal = this.#run(this.#scripts.renew, request, [toExpiry(ttl)], signal);
    const reply = await untilAborted(signal, renewal);
    return Number(reply) === 1;
  }

  async release(request: LeaseRequest, { signal }: WaitOptions): Promise<void> {
    const { release, releaseArgs = noArgs } = this.#scripts;
    await this.#run(release, request, releaseArgs(request), signal);
  }

  /** Of a kind whose keys are those of permits. */
  async inspect(name: string, { signal }: WaitOptions): Promise<PermitsLook> {
    const looking = this.#run(inspectPermits, { name, owner: '' }, [], signal);
    const [held, waiting] = (await untilAborted(signal, looking)) as (string | number)[];
    return { held: Number(held), waiting: Number(waiting) };
  }

  watch(request: LeaseRequest, wake: () => void): Watch {
    return this.#releases.watch(request, wake);
  }

  async close(): Promise<void> {
    this.#releases.close();
    await this.#connection.close();
  }

  #run(
    script: LuaScript,
    { name, owner }: LeaseRequest,
    args: readonly (string | number)[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const base = `${this.#keys}{${toHashTag(name)}}`;
    const keys = this.#scripts.keys.map((end) => base + end);
    return this.#connection.run((client) =>
      runScript(client, script, keys, [owner, ...args], { signal }),
    );
  }
}

function noArgs(): readonly string[] {
  return [];
}

/** Redis counts from the millisecond that has begun, which may take away a part of one. */
function toExpiry(ttl: number): number {
  return ttl + 1;
}
