/**
 * The driver of locks and semaphores: each request is one script, and a channel tells releases.
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
import type { RedisConnection } from './redis-connection.ts';
import { ReleaseChannel } from './release-channel.ts';

/** What there is besides the connection. */
export interface RedisLeasesOptions {
  /** What keys and channels begin with. */
  readonly prefix: string;
  readonly scripts: LeaseScripts;
  readonly permits: number;
  readonly clock: Clock;
}

type AcquireReply = ['1', token: string] | ['0', heldBy: string, freeIn: number | string];

export class RedisLeases implements LeaseDriver {
  readonly queues = true;
  readonly #connection: RedisConnection;
  readonly #scripts: LeaseScripts;
  readonly #permits: number;
  /** What the keys begin with, before a name's hash tag. */
  readonly #keys: string;
  readonly #channels: string;
  readonly #releases: ReleaseChannel;

  constructor(connection: RedisConnection, options: RedisLeasesOptions) {
    const { prefix, scripts, permits, clock } = options;
    this.#connection = connection;
    this.#scripts = scripts;
    this.#permits = permits;
    this.#keys = `${prefix}${scripts.kind}:`;
    this.#channels = `${prefix}released:`;
    this.#releases = new ReleaseChannel(connection, this.#channels, clock);
  }

  get name(): string {
    return this.#connection.name;
  }

  async acquire(request: AcquireRequest, { signal }: WaitOptions): Promise<Granted | Busy> {
    const { ttl, weight } = request;
    const place = request.place === undefined ? '' : Math.ceil(request.place);
    const args = [toExpiry(ttl), place, weight, this.#permits];
    const reply = await this.#run(this.#scripts.acquire, request, args, signal);
    const [state, what, freeIn = ''] = reply as AcquireReply;
    if (state === '1') return { granted: true, token: BigInt(what) };
    return {
      granted: false,
      heldBy: what === '' ? undefined : what,
      freeIn: freeIn === '' ? undefined : Number(freeIn),
    };
  }

  async renew(request: LeaseRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    const reply = await this.#run(this.#scripts.renew, request, [toExpiry(ttl)], signal);
    return Number(reply) === 1;
  }

  async release(request: LeaseRequest, { signal }: WaitOptions): Promise<void> {
    await this.#run(this.#scripts.release, request, [], signal);
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
    const allArgs = [owner, this.#releases.id, this.#channels, ...args];
    const reply = this.#connection.run((client) =>
      runScript(client, script, keys, allArgs, { signal }),
    );
    return untilAborted(signal, reply);
  }
}

/** Redis counts from the millisecond that has begun, which may take away a part of one. */
function toExpiry(ttl: number): number {
  return ttl + 1;
}
