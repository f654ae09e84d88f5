/**
 * One budget for all processes and machines that use its name: rates, spacing and concurrency, kept on Redis.
 *
 * Invariant: each call is granted by one script, which decides and counts in one step, by the server's clock.
 * Read next: redis-budget.ts, and budget-limiter.ts in @runafter/throttle, who is next in this process.
 * @module
 */
import {
  type AcquireOptions,
  type Duration,
  LimiterOptionError,
  systemClock,
  type WaitOptions,
} from '@runafter/clock';
import { isName, toStoredName } from '@runafter/lock/leasing';
import {
  type BudgetLimiter,
  budgetLimiter,
  budgetLimits,
  type LimitOptions,
  type WaitingOptions,
} from '@runafter/throttle';
import type { RedisPermit } from './held-permit.ts';
import { assertKeyPrefix, defaultPrefix } from './key-prefix.ts';
import { RedisBudget } from './redis-budget.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { leaseConnection } from './redis-leases.ts';

/**
 * Options of {@link redisLimiter}. Whoever uses a name says the same limits: what is granted is counted for all, but
 * each grant goes by the figures of who asks, and only rates of the same model and the same `per` are one count.
 * `waiting` and `whenFull` are about this process alone.
 */
export interface RedisLimiterOptions extends LimitOptions, WaitingOptions {
  /** Whose budget it is, such as a connection of a service: text of any length. */
  readonly name: string;
  /**
   * After how long the permits of a process come back that has died. While one is held, it is renewed in a third of
   * this. Default '30s'.
   */
  readonly ttl?: Duration | undefined;
  /**
   * For how long Redis may be out of reach until who waits is told so by a ServiceUnavailableError. Default '30s'.
   */
  readonly patience?: Duration | undefined;
  /**
   * What keys and channels begin with: limiter `crm` is kept under `runafter:limiter:{crm}`. Up to 200 characters.
   * Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
}

/** What is under way under a limiter's name, on all machines. */
export interface LimiterLook {
  /** The weight of all permits that are held; 0 where nothing bounds how much is under way at once. */
  readonly active: number;
  /** How many processes, or limiters of one, have somebody who waits. */
  readonly waiting: number;
}

/** A limiter whose budget is shared by all who use its name. */
export interface RedisLimiter extends BudgetLimiter {
  /**
   * As that of every BudgetLimiter; what it gives tells when it is lost.
   *
   * @throws {ServiceError} as a rejection, such as `SERVICE_UNAVAILABLE` after the patience is over.
   */
  acquire(options?: AcquireOptions): Promise<RedisPermit>;
  /** Asks once; undefined also while others wait, wherever. */
  tryAcquire(options?: Omit<AcquireOptions, 'priority'>): Promise<RedisPermit | undefined>;
  /** Counts what is held and who waits, wherever. */
  inspect(options?: WaitOptions): Promise<LimiterLook>;
  /** As that of every BudgetLimiter; and permits that are held are given back, which it waits for. */
  close(): Promise<void>;
}

/**
 * Makes a limiter on Redis 7, Valkey, or newer.
 *
 * Within a process the highest priority is next, and one request at a time asks for it; those requests stand in one
 * line over all processes, first come, first served. Who is first asks again when a rate has room, and is told of
 * permits that come back.
 *
 * No window ever has too many calls, by the server's clock. A sliding window of up to 100 calls is exact; of more,
 * each call counts for up to 1 % of the window longer, and the server keeps 102 numbers and not one for each call. A
 * server that has lost its data, such as in a failover, counts anew.
 *
 * @param client - as of {@link redisLock}.
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`: the ttl.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * await using crm = redisLimiter('redis://localhost:6379', {
 *   name: 'crm-api',
 *   rate: { calls: 6_000, per: '5m' },
 *   concurrency: 20,
 * });
 * using permit = await crm.acquire({ signal });
 * await callCrm({ signal: permit.signal });
 */
export function redisLimiter(client: RedisSource, options: RedisLimiterOptions): RedisLimiter {
  const { name, prefix = defaultPrefix, ttl, patience = '30s', clock = systemClock } = options;
  if (!isName(name)) {
    const fix = 'Pass at least one character of well-formed Unicode.';
    throw new LimiterOptionError('name', JSON.stringify(name), fix);
  }
  const title = `Redis limiter ${JSON.stringify(name)}`;
  assertKeyPrefix(title, prefix);
  const limits = budgetLimits(options);
  const budget = new RedisBudget(new RedisConnection(title, client, leaseConnection), {
    ...{ name: toStoredName(name), prefix, limits, ttl, patience, clock },
  });
  const isHeld = Number.isFinite(limits.concurrency);
  const inspect = async (looking: WaitOptions = {}): Promise<LimiterLook> => {
    const { held, waiting } = await budget.inspect(looking);
    return { active: isHeld ? held : 0, waiting };
  };
  // It hands over the permits of its budget as they are.
  return Object.assign(budgetLimiter(budget, options) as RedisLimiter, { inspect });
}
