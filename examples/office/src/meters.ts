/**
 * Three ways to count calls against a limit, for one connection.
 *
 * Invariant: a meter that answers 0 has counted the call; one that answers a time has not, and would
 * let the call in after that time if nobody else came. Read next: limits.ts.
 * @module
 */

/** Times are milliseconds of a monotonic clock. */
export interface Meter {
  /** Counts a call, or says how long until it could be. */
  take(now: number): number;
  /** What a rejected call costs, as a part of a call. */
  charge(now: number, cost: number): void;
}

/** At most `calls` in any `window`: each call counts until the window has passed since it came. */
export class SlidingWindow implements Meter {
  readonly #calls: number;
  readonly #window: number;
  #log: { readonly at: number; readonly cost: number }[] = [];
  #used = 0;

  constructor(calls: number, window: number) {
    this.#calls = calls;
    this.#window = window;
  }

  take(now: number): number {
    this.#forget(now);
    if (this.#used + 1 <= this.#calls) {
      this.charge(now, 1);
      return 0;
    }
    let free = this.#calls - this.#used;
    const last = this.#log.find(({ cost }) => {
      free += cost;
      return free >= 1;
    });
    return (last?.at ?? now) + this.#window - now;
  }

  charge(now: number, cost: number): void {
    if (cost === 0) return;
    this.#log.push({ at: now, cost });
    this.#used += cost;
  }

  #forget(now: number): void {
    const first = this.#log.findIndex(({ at }) => at + this.#window > now);
    const old = this.#log.splice(0, first === -1 ? this.#log.length : first);
    for (const { cost } of old) this.#used -= cost;
    // Fractions of a call do not add up exactly; an empty log is exactly nothing used.
    if (this.#log.length === 0) this.#used = 0;
  }
}

/** At most `calls` in each window; the count starts again at every multiple of the window. */
export class FixedWindow implements Meter {
  readonly #calls: number;
  readonly #window: number;
  #number = 0;
  #used = 0;

  constructor(calls: number, window: number) {
    this.#calls = calls;
    this.#window = window;
  }

  take(now: number): number {
    const number = Math.floor(now / this.#window);
    if (number !== this.#number) {
      this.#number = number;
      this.#used = 0;
    }
    if (this.#used + 1 > this.#calls) return (number + 1) * this.#window - now;
    this.#used += 1;
    return 0;
  }

  charge(_now: number, cost: number): void {
    this.#used += cost;
  }
}

/** Tokens drip in at `calls` per `window`, up to `burst`; a call takes one. */
export class TokenBucket implements Meter {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | undefined;

  constructor(calls: number, window: number, burst: number) {
    this.#perMs = calls / window;
    this.#burst = burst;
    this.#tokens = burst;
  }

  take(now: number): number {
    const passed = now - (this.#at ?? now);
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#perMs);
    // A billionth of a token is rounding, and waiting for it would be waiting for nothing.
    if (this.#tokens < 1 - 1e-9) return (1 - this.#tokens) / this.#perMs;
    this.#tokens -= 1;
    return 0;
  }

  charge(_now: number, cost: number): void {
    this.#tokens -= cost;
  }
}
