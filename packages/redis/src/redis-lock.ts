/**
 * Locks on Redis: a key that expires, who waits in a line, and a token that only grows.
 *
 * Invariant: the server's scripts alone decide who holds what; see lock-scripts.ts. Read next:
 * redis-leases.ts, and lease-driver.ts in @runafter/lock.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { type Lock, type LockOptions, leaseLock } from '@runafter/lock';
import { assertKeyPrefix, defaultPrefix } from './key-prefix.ts';
import { lockScripts } from './lock-scripts.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { leaseConnection, RedisLeases } from './redis-leases.ts';

/** Options of {@link redisLock}. */
export interface RedisLockOptions extends LockOptions {
  /**
   * What keys and channels begin with: lock `a` is kept under `runafter:lock:{a}`. Up to 200 characters.
   * Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
}

/**
 * Makes locks on Redis 7, Valkey, or newer.
 *
 * A grant, a renewal and a release are one round trip each. Who has to wait stands in a line on the server, first
 * come, first served, and asks again when it is told of the release by a message, for which the lock opens one more
 * connection then. A failover of Redis can lose a lock: see the package's README, and `tokens`.
 *
 * @param client - a client of ioredis, also a Cluster, which stays yours to close; or the options or the URL
 *   for one that the lock makes and closes.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * await using lock = redisLock('redis://localhost:6379', { prefix: 'shop:' });
 * await using lease = await lock.acquire('daily-report', { wait: '2m' });
 * await writeReport({ signal: lease.signal });
 */
export function redisLock(client: RedisSource, options: RedisLockOptions = {}): Lock {
  const { prefix = defaultPrefix, clock = systemClock } = options;
  const name = `Redis locks ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  const connection = new RedisConnection(name, client, leaseConnection);
  const scripts = lockScripts(clock);
  return leaseLock(new RedisLeases(connection, { prefix, scripts, clock }), options);
}
