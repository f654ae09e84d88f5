/**
 * The Limiter of one process with rates: so many calls in a time, so far apart, so many at once, or all of it.
 *
 * Read next: rates/ for what each model counts, memory-budget.ts for how they are put together, and
 * budget-limiter.ts for who is next.
 * @module
 */
import { type AcquireOptions, type Clock, type Permit, systemClock } from '@runafter/clock';
import { type BudgetLimiter, budgetLimiter, type WaitingOptions } from './budget-limiter.ts';
import { budgetLimits, type LimitOptions } from './budget-limits.ts';
import { MemoryBudget } from './memory-budget.ts';

/** Options of {@link limiter}: at least one of `rate`, `spacing` and `concurrency`. */
export interface LimiterOptions extends LimitOptions, WaitingOptions {}

/** A {@link BudgetLimiter} within one process, which can be looked at. */
export interface InProcessLimiter extends BudgetLimiter {
  /** The weight of all permits that are held. */
  readonly active: number;
  /**
   * From when on a call of weight 1 would be let in if nobody waited. In the past, or now: at once. Undefined: that
   * depends on when a permit comes back.
   */
  readonly nextAt: Date | undefined;
}

/**
 * Makes a limiter for this process.
 *
 * A weight counts against the rates and against `concurrency`. A call starts, as far as rates are concerned, when
 * its permit is granted; releasing the permit gives back its share of `concurrency` alone. Rates are exact: no
 * window has more starts than it may, and nobody waits longer than they ask for.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`: an option that makes no sense, or no limit at all.
 * @throws {DurationError} `DURATION_INVALID`: of `spacing`, or of a rate's `per`.
 * @example
 * const crm = limiter({ rate: { calls: 6_000, per: '5m' }, concurrency: 20 });
 * using permit = await crm.acquire({ signal });
 */
export function limiter(options: LimiterOptions): InProcessLimiter {
  const { clock = systemClock } = options;
  return new VisibleLimiter(new MemoryBudget(budgetLimits(options), clock), options, clock);
}

class VisibleLimiter implements InProcessLimiter {
  readonly #budget: MemoryBudget;
  readonly #limiter: BudgetLimiter;
  readonly #clock: Clock;

  constructor(budget: MemoryBudget, options: WaitingOptions, clock: Clock) {
    this.#budget = budget;
    this.#limiter = budgetLimiter(budget, options);
    this.#clock = clock;
  }

  get name(): string {
    return this.#limiter.name;
  }

  get active(): number {
    return this.#budget.active;
  }

  get waiting(): number {
    return this.#limiter.waiting;
  }

  get outside(): number {
    return this.#limiter.outside;
  }

  get nextAt(): Date | undefined {
    if (!this.#budget.fits(1)) return undefined;
    const now = this.#clock.monotonic();
    return new Date(this.#clock.now() + Math.ceil(this.#budget.freeAt(1, now) - now));
  }

  acquire(options?: AcquireOptions): Promise<Permit> {
    return this.#limiter.acquire(options);
  }

  tryAcquire(options?: Omit<AcquireOptions, 'priority'>): Promise<Permit | undefined> {
    return this.#limiter.tryAcquire(options);
  }

  close(): Promise<void> {
    return this.#limiter.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
