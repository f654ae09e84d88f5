/**
 * A budget of throttle on Redis: leases whose script counts rates as well.
 *
 * Invariant: a call that was granted is counted once, whatever became of the reply; and one that was granted when its
 * caller had left already is taken out again.
 * Read next: limiter-scripts.ts, what counts; leasing.ts in @runafter/lock, how it is waited for.
 * @module
 */
import { type Clock, type Duration, parseDuration, type WaitOptions } from '@runafter/clock';
import type { LeaseRequest } from '@runafter/lock';
import { type Ask, type Claim, type GivingBack, Holding, Leasing } from '@runafter/lock/leasing';
import type { Budget, BudgetLimits } from '@runafter/throttle';
import { CountedCall } from './counted-call.ts';
import { HeldPermit, type RedisPermit } from './held-permit.ts';
import { limiterScripts } from './limiter-scripts.ts';
import type { RedisConnection } from './redis-connection.ts';
import { forever, type PermitsLook, RedisLeases } from './redis-leases.ts';

/** What the budget is made of, besides the connection. */
export interface RedisBudgetOptions {
  /** What keys have in braces. */
  readonly name: string;
  readonly prefix: string;
  readonly limits: BudgetLimits;
  readonly ttl: Duration | undefined;
  readonly patience: Duration;
  readonly clock: Clock;
}

/** Of so many permits one request tells that they need not be remembered. */
const mostSettled = 100;

export class RedisBudget implements Budget {
  readonly name: string;
  readonly heaviest: number;
  readonly #key: string;
  readonly #patience: number;
  readonly #driver: RedisLeases;
  readonly #leasing: Leasing<HeldCall | CountedCall>;
  /** The claims of calls that were handed over. */
  readonly #used = new WeakSet<LeaseRequest>();
  /** Owners of calls that nobody holds, and whose reply has come. */
  readonly #settled: string[] = [];

  /**
   * @throws {LockOptionError} `LOCK_OPTION_INVALID`
   * @throws {DurationError} `DURATION_INVALID`
   */
  constructor(connection: RedisConnection, options: RedisBudgetOptions) {
    const { name, prefix, limits, ttl, patience, clock } = options;
    this.name = connection.name;
    this.heaviest = limits.heaviest;
    this.#key = name;
    this.#patience = parseDuration(patience, 'patience');
    const scripts = limiterScripts(limits, {
      settled: () => this.#settled.splice(0, mostSettled),
      wasUsed: (request) => this.#used.has(request),
    });
    this.#driver = new RedisLeases(connection, { prefix, scripts, clock });
    const isHeld = Number.isFinite(limits.concurrency);
    const hold = (tools: GivingBack, claim: Claim) =>
      isHeld ? new HeldCall(tools, claim) : new CountedCall(tools, claim);
    const rules = { shared: true, hold, waitKind: undefined };
    this.#leasing = new Leasing(this.#driver, { ttl, clock }, rules);
  }

  async tryTake(weight: number, options: WaitOptions): Promise<RedisPermit | undefined> {
    const call = await this.#leasing.tryAcquire(this.#key, options, { weight });
    return call && this.#handOver(call);
  }

  async take(weight: number, { signal }: WaitOptions): Promise<RedisPermit> {
    const ask: Ask = { weight, patience: this.#patience };
    return this.#handOver(await this.#leasing.acquire(this.#key, { signal, wait: forever }, ask));
  }

  inspect(options: WaitOptions): Promise<PermitsLook> {
    return this.#driver.inspect(this.#key, options);
  }

  close(): Promise<void> {
    return this.#leasing.close();
  }

  #handOver(call: HeldCall | CountedCall): RedisPermit {
    if (call instanceof CountedCall) {
      call.use();
      this.#settled.push(call.owner);
    } else {
      this.#used.add(call.claim);
    }
    return new HeldPermit(call);
  }
}

class HeldCall extends Holding {
  readonly claim: Claim;

  constructor(tools: GivingBack, claim: Claim) {
    super(tools, claim);
    this.claim = claim;
  }
}
