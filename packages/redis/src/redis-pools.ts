/**
 * Pools on Redis: each request is one script, and a channel tells of what becomes free.
 *
 * Invariant: all keys of a pool are in one slot of a cluster, for its name is their hash tag; the server's scripts alone
 * decide who has what, by the server's clock. Read next: pool-scripts.ts, and pool-store.ts in @runafter/claim.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '@runafter/claim';
import { type Clock, systemClock, untilAborted, type WaitOptions } from '@runafter/clock';
import type { Busy, Watch } from '@runafter/lock';
import { assertKeyPrefix, defaultPrefix, toHashTag } from './key-prefix.ts';
import { leastToken } from './least-token.ts';
import { type LuaScript, runScript } from './lua-script.ts';
import {
  addResources,
  claimResource,
  inspectPool,
  leaveLineOfPool,
  poolKeys,
  releaseClaim,
  renewClaim,
  withdrawResources,
} from './pool-scripts.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { leaseConnection } from './redis-leases.ts';
import { ReleaseChannel } from './release-channel.ts';
import { resendWindow } from './resend-window.ts';

/** Options of {@link redisPools}. */
export interface RedisPoolsOptions {
  /**
   * What keys and channels begin with: pool `a` is kept under `runafter:pool:{a}`. Up to 200 characters.
   * Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
  /** Tells the least that tokens may be, and the time to connect again. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of pools on Redis 7, Valkey, or newer.
 *
 * A claim, a renewal and a release are one round trip each, and as quick in a pool of thousands. Who has to wait stands
 * in a line on the server, first come, first served, and is told by a message, for which the store opens one more
 * connection then. A failover of Redis can lose a claim: see the package's README.
 *
 * @param client - a client of ioredis, also a Cluster, which stays yours to close; or the options or the URL
 *   for one that the store makes and closes.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * await using pools = redisPools('redis://localhost:6379', { prefix: 'shop:' });
 * await using sessions = pool(pools, 'sessions', ['session-1', 'session-2']);
 * await using session = await sessions.claim({ mode: 'lease', wait: '5m' });
 */
export function redisPools(client: RedisSource, options: RedisPoolsOptions = {}): PoolStore {
  const { prefix = defaultPrefix, clock = systemClock } = options;
  const name = `Redis pools ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  return new RedisPools(new RedisConnection(name, client, leaseConnection), prefix, clock);
}

/** So many ids in one script, which nobody else's request gets in between of. */
const longestBatch = 1_000;

class RedisPools implements PoolStore {
  readonly name: string;
  readonly queues = true;
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #releases: ReleaseChannel;

  constructor(connection: RedisConnection, prefix: string, clock: Clock) {
    this.name = connection.name;
    this.#connection = connection;
    this.#prefix = prefix;
    this.#clock = clock;
    this.#releases = new ReleaseChannel(connection, prefix, clock);
  }

  async claim(
    { pool, owner, ttl, place }: ClaimRequest,
    { signal }: WaitOptions,
  ): Promise<Claimed | Busy | Retired> {
    const args = [
      owner,
      Number.isFinite(ttl) ? ttl : '',
      place === undefined ? '' : Math.ceil(place),
      this.#releases.name,
      leastToken(this.#clock.now()),
    ];
    const reply = await this.#run(claimResource, pool, args, signal);
    if (reply === null) return { granted: false, retired: true };
    if (!Array.isArray(reply)) {
      return { granted: false, freeIn: reply === '' ? undefined : Number(reply) };
    }
    const [id, value, token] = reply as [string, string, string];
    return { granted: true, id, value, token: BigInt(token) };
  }

  async renew(
    { pool, owner }: ClaimantRequest,
    ttl: number,
    { signal }: WaitOptions,
  ): Promise<boolean> {
    const renewal = this.#run(renewClaim, pool, [owner, ttl], signal);
    return Number(await untilAborted(signal, renewal)) === 1;
  }

  async release(
    { pool, owner, forGood }: ReleaseRequest,
    { signal }: WaitOptions,
  ): Promise<boolean> {
    const args = [owner, forGood ? 1 : '', resendWindow];
    const notes = this.#connection.resends ? [`:request:${randomUUID()}`] : [];
    return Number(await this.#run(releaseClaim, pool, args, signal, notes)) === 1;
  }

  async leaveLine({ pool, owner }: ClaimantRequest, { signal }: WaitOptions): Promise<void> {
    await this.#run(leaveLineOfPool, pool, [owner], signal);
  }

  watch(request: ClaimantRequest, wake: () => void): Watch {
    return this.#releases.watch(request, wake);
  }

  async add({ pool, resources, again }: AddRequest, { signal }: WaitOptions): Promise<void> {
    for (const batch of batches(resources)) {
      const added = batch.flatMap(({ id, value }) => [id, value]);
      await this.#run(addResources, pool, ['', again ? 1 : '', ...added], signal);
    }
  }

  async withdraw(pool: string, ids: readonly string[], { signal }: WaitOptions): Promise<void> {
    for (const batch of batches(ids)) await this.#run(withdrawResources, pool, batch, signal);
  }

  async inspect(pool: string, { signal }: WaitOptions): Promise<readonly ResourceState[]> {
    const states = await this.#run(inspectPool, pool, [], signal);
    return (states as StateReply[]).map(toState);
  }

  async close(): Promise<void> {
    this.#releases.close();
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run(
    script: LuaScript,
    pool: string,
    args: readonly (string | number)[],
    signal: AbortSignal | undefined,
    otherKeys: readonly string[] = [],
  ): Promise<unknown> {
    const base = `${this.#prefix}pool:{${toHashTag(pool)}}`;
    const keys = [...poolKeys, ...otherKeys].map((end) => base + end);
    return this.#connection.run((client) => runScript(client, script, keys, args, { signal }));
  }
}

/** As the script answers: numbers are texts with a client that wants them so. */
type Digits = string | number;
type Held = [withdrawn: Digits, token: string, owner: string, claimedAt: Digits, expiresIn: Digits];
type StateReply = [id: string, value: string, ...held: Held | []];

function toState([id, value, ...held]: StateReply): ResourceState {
  if (held.length === 0) return { id, value, withdrawn: false, claim: undefined };
  const [withdrawn, token, owner, claimedAt, expiresIn] = held;
  const claim = {
    owner,
    token: BigInt(token),
    claimedAt: Number(claimedAt),
    expiresIn: expiresIn === '' ? Number.POSITIVE_INFINITY : Number(expiresIn),
  };
  return { id, value, withdrawn: Number(withdrawn) === 1, claim };
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += longestBatch) yield items.slice(at, at + longestBatch);
}
