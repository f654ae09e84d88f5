/**
 * A budget in this process: so much at once, and starts as the rules allow them.
 *
 * Invariant: there is a timer exactly while somebody waits for a moment to come. Who waits for a permit to come
 * back needs none, and neither does an idle budget.
 * @module
 */
import type { Clock, Permit, WaitOptions } from '@runafter/clock';
import { permitFor } from '@runafter/clock/waiting';
import type { Budget } from './budget.ts';
import type { BudgetLimits } from './budget-limits.ts';
import type { StartRule } from './rates/start-rule.ts';
import { startRules } from './rates/start-rules.ts';

interface Taker {
  readonly weight: number;
  readonly wake: () => void;
}

export class MemoryBudget implements Budget {
  readonly name = 'Limiter';
  readonly heaviest: number;
  readonly #concurrency: number;
  readonly #rules: readonly StartRule[];
  readonly #clock: Clock;
  #active = 0;
  #taker: Taker | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(limits: BudgetLimits, clock: Clock) {
    this.heaviest = limits.heaviest;
    this.#concurrency = limits.concurrency;
    this.#rules = startRules(limits);
    this.#clock = clock;
  }

  /** The weight of all permits that are held. */
  get active(): number {
    return this.#active;
  }

  /** Whether it may be under way beside what is held. */
  fits(weight: number): boolean {
    return this.#active + weight <= this.#concurrency;
  }

  tryTake(weight: number): Permit | undefined {
    if (!this.fits(weight)) return undefined;
    if (this.#rules.length === 0) return this.#permit(weight);
    const now = this.#clock.monotonic();
    if (this.freeAt(weight, now) > now) return undefined;
    for (const rule of this.#rules) rule.start(weight, now);
    return this.#permit(weight);
  }

  take(weight: number, { signal }: WaitOptions): Promise<undefined> | Permit {
    const permit = this.tryTake(weight);
    if (permit !== undefined) return permit;
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#leave();
        reject(signal?.reason);
      };
      const wake = () => {
        this.#leave();
        signal?.removeEventListener('abort', abort);
        resolve(undefined);
      };
      this.#taker = { weight, wake };
      signal?.addEventListener('abort', abort, { once: true });
      this.#watchClock(weight);
    });
  }

  /** When the rules allow a call; `now` or earlier: at once. */
  freeAt(weight: number, now: number): number {
    let at = now;
    for (const rule of this.#rules) at = Math.max(at, rule.freeAt(weight, now));
    return at;
  }

  dueIn(): number | undefined {
    if (this.#taker === undefined || !this.fits(this.#taker.weight)) return undefined;
    const now = this.#clock.monotonic();
    return this.freeAt(this.#taker.weight, now) - now;
  }

  async close(): Promise<void> {}

  /** A permit has come back, or the moment is there. */
  #look(): void {
    const taker = this.#taker;
    if (taker === undefined || this.#cancelTimer !== undefined) return;
    const { weight } = taker;
    const now = this.#clock.monotonic();
    if (this.fits(weight) && this.freeAt(weight, now) <= now) taker.wake();
    else this.#watchClock(weight);
  }

  #watchClock(weight: number): void {
    // A permit has to come back first, which looks again.
    if (!this.fits(weight)) return;
    const now = this.#clock.monotonic();
    this.#cancelTimer = this.#clock.setTimer(this.freeAt(weight, now) - now, () => {
      this.#cancelTimer = undefined;
      this.#look();
    });
  }

  #leave(): void {
    this.#taker = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #permit(weight: number): Permit {
    this.#active += weight;
    return permitFor(() => {
      this.#active -= weight;
      this.#look();
    });
  }
}
