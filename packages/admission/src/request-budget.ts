/**
 * A budget of requests per window, such as the 100,000 in 5 minutes of an automation platform: it slows callers
 * down, never refuses them, and goes on by itself.
 *
 * A part of the budget may be spent at once, and the rest drips in evenly. In no window, wherever it begins, do
 * the two add up to more than the budget, and there is never a standstill: whoever spends a whole window at once
 * stops everybody else for the rest of it.
 * Read next: slowness.ts, how it knows that it slows; `limiter` of `@runafter/throttle`.
 * @module
 */
import {
  type AcquireOptions,
  type Clock,
  type Duration,
  LimiterOptionError,
  type Permit,
  parseDuration,
  systemClock,
} from '@runafter/clock';
import { type BudgetLimiter, limiter, type Rate } from '@runafter/throttle';
import { Slowness, type SlownessListener } from './slowness.ts';

/** What the limiter of a budget is made with: options of `limiter`, and of `redisLimiter`. */
export interface RequestLimits {
  readonly rate: Rate;
  readonly whenFull: 'wait';
  readonly clock: Clock;
}

/** Options of {@link requestBudget}. */
export interface RequestBudgetOptions {
  /** How many requests in any time of this length: a whole number of at least 1. Default 100,000. */
  readonly requests?: number | undefined;
  /** The length of the window. Default '5m'. */
  readonly per?: Duration | undefined;
  /**
   * How many of them may go at once, after a pause: 1 to `requests`. The others drip in evenly, so what takes
   * longer than a window gets `requests - burst` in each. With all of them it is a sliding window: as fast as
   * callers come, and then a standstill until the first of them are a window ago. Default: a tenth.
   */
  readonly burst?: number | undefined;
  /**
   * Makes the limiter that keeps the budget, so that it can be shared by several machines. Default: `limiter` of
   * `@runafter/throttle`, for this process.
   */
  readonly limiter?: ((limits: RequestLimits) => BudgetLimiter) | undefined;
  /**
   * When it is said that callers are slowed down, as `slowedSince` and `onChange` tell: when somebody has waited for
   * so much longer than nobody has. That may be one caller, or many for a short time each. It is over when nobody
   * has for as long. Default '1s'.
   */
  readonly noticeAfter?: Duration | undefined;
  /**
   * Is told when callers begin to be slowed down, and when they go at full speed again. What it throws becomes a
   * process warning.
   */
  readonly onChange?: SlownessListener | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** A limiter that keeps to a budget. Hand it to `start()` of `@runafter/core` as `limiter`, or call it yourself. */
export interface RequestBudget extends BudgetLimiter {
  /** How many requests of this process were let through, since it was made. */
  readonly used: number;
  /** Since when callers of this process are slowed down; undefined: they are not. */
  readonly slowedSince: Date | undefined;
}

/**
 * Makes a request budget.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`: `requests` or `burst`.
 * @throws {DurationError} `DURATION_INVALID`: `per` or `noticeAfter`.
 * @example
 * const budget = requestBudget({ requests: 100_000, per: '5m' });
 * using permit = await budget.acquire({ signal });
 * @example
 * const shared = requestBudget({
 *   requests: 100_000,
 *   limiter: (limits) => redisLimiter(redisUrl, { name: 'platform', ...limits }),
 * });
 */
export function requestBudget(options: RequestBudgetOptions = {}): RequestBudget {
  return new SlowingBudget(options);
}

class SlowingBudget implements RequestBudget {
  readonly #limiter: BudgetLimiter;
  readonly #slowness: Slowness;
  #used = 0;

  constructor(options: RequestBudgetOptions) {
    const { clock = systemClock, noticeAfter = '1s', onChange } = options;
    const makeLimiter = options.limiter ?? limiter;
    this.#slowness = new Slowness(clock, parseDuration(noticeAfter, 'noticeAfter'), onChange);
    this.#limiter = makeLimiter({ rate: rateOf(options), whenFull: 'wait', clock });
  }

  get name(): string {
    return this.#limiter.name;
  }

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#limiter.waiting;
  }

  get outside(): number {
    return this.#limiter.outside;
  }

  get slowedSince(): Date | undefined {
    return this.#slowness.since;
  }

  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    const permit = await this.#slowness.watch(this.#limiter.acquire(options));
    this.#used += options.weight ?? 1;
    return permit;
  }

  async tryAcquire(options: Omit<AcquireOptions, 'priority'> = {}): Promise<Permit | undefined> {
    const permit = await this.#limiter.tryAcquire(options);
    if (permit !== undefined) this.#used += options.weight ?? 1;
    return permit;
  }

  close(): Promise<void> {
    return this.#limiter.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Of a bucket, in any window: what it holds at most, and what drips in meanwhile. */
function rateOf({ requests = 100_000, per = '5m', burst }: RequestBudgetOptions): Rate {
  if (!Number.isSafeInteger(requests) || requests < 1) {
    throw new LimiterOptionError('requests', requests, 'Pass a whole number of at least 1.');
  }
  const atOnce = burst ?? Math.max(1, Math.floor(requests / 10));
  if (!Number.isSafeInteger(atOnce) || atOnce < 1 || atOnce > requests) {
    throw new LimiterOptionError('burst', burst, `Pass a whole number from 1 to ${requests}.`);
  }
  if (atOnce === requests) return { calls: requests, per };
  return { calls: requests - atOnce, per, model: 'token-bucket', burst: atOnce };
}
