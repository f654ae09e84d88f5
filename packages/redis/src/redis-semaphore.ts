/**
 * Semaphores on Redis: permits that expire with their holders, and who waits in a line.
 *
 * Invariant: the server's scripts alone decide who holds what; see semaphore-scripts.ts. Read next:
 * redis-leases.ts, and lease-driver.ts in @runafter/lock.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { leaseSemaphore, type Semaphore, type SemaphoreOptions } from '@runafter/lock';
import { assertKeyPrefix, defaultPrefix } from './key-prefix.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { leaseConnection, RedisLeases } from './redis-leases.ts';
import { semaphoreScripts } from './semaphore-scripts.ts';

/** Options of {@link redisSemaphore}. */
export interface RedisSemaphoreOptions extends SemaphoreOptions {
  /**
   * What keys and channels begin with: semaphore `a` is kept under `runafter:semaphore:{a}`. Up to 200
   * characters. Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
}

/**
 * Makes semaphores on Redis 7, Valkey, or newer. Waiting works as with {@link redisLock}; nothing is kept of a
 * name that nobody uses.
 *
 * @param client - as of {@link redisLock}.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * await using semaphore = redisSemaphore('redis://localhost:6379', { permits: 5 });
 * await using permit = await semaphore.acquire('crm-api');
 * await callCrm({ signal: permit.signal });
 */
export function redisSemaphore(client: RedisSource, options: RedisSemaphoreOptions): Semaphore {
  const { prefix = defaultPrefix, clock = systemClock } = options;
  const name = `Redis semaphores ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  const connection = new RedisConnection(name, client, leaseConnection);
  const makeDriver = (permits: number) =>
    new RedisLeases(connection, { prefix, scripts: semaphoreScripts(permits), clock });
  return leaseSemaphore(makeDriver, options);
}
