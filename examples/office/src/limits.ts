/**
 * Documented limits, counted for each connection by itself, and what a rejected call is told.
 *
 * Invariant: a limit never slows a call down; it lets it in or rejects it at once, as the services do.
 * Read next: meters.ts for the counting, presets.ts for the documented numbers.
 * @module
 */
import { type Clock, type Duration, parseDuration, type Random } from '@runafter/clock';
import { FixedWindow, type Meter, SlidingWindow, TokenBucket } from './meters.ts';

export interface LimitOptions {
  readonly model: 'sliding-window' | 'fixed-window' | 'token-bucket';
  /** How many calls in one window; for a token bucket, how many tokens drip in during one. */
  readonly calls: number;
  readonly window: Duration;
  /** Size of the token bucket. Default: `calls`. */
  readonly burst?: number;
  /** What a rejected call still costs, as a part of a call. Default 0. */
  readonly rejectionCost?: number;
  /** How long a rejection takes. Default 0. */
  readonly rejectionTime?: Duration;
  /**
   * What a rejected call is told. `spread` 0.3 draws evenly from ± 30 %. Default: the time after which
   * it would be let in if nobody else came.
   */
  readonly retryAfter?: { readonly mean: Duration; readonly spread?: number };
  /** Which part of the rejections says 503 instead of 429, as SharePoint does at times. Default 0. */
  readonly unavailable?: number;
}

export interface Rejection {
  readonly status: 429 | 503;
  readonly retryAfterMs: number;
  /** How long the rejection itself takes. */
  readonly timeMs: number;
  readonly message: string;
}

export class Limiter {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #meters = new Map<string, Meter>();
  #limit: LimitOptions | 'off';

  constructor(limit: LimitOptions | 'off', clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#limit = checked(limit);
  }

  /** Puts another limit in place; every connection starts afresh under it. */
  set(limit: LimitOptions | 'off'): void {
    this.#limit = checked(limit);
    this.#meters.clear();
  }

  /** @returns undefined when the call may go on. */
  admit(connection: string): Rejection | undefined {
    if (this.#limit === 'off') return undefined;
    const now = this.#clock.monotonic();
    const meter = this.#meterOf(connection, this.#limit);
    const wait = meter.take(now);
    if (wait === 0) return undefined;
    meter.charge(now, this.#limit.rejectionCost ?? 0);
    return this.#rejection(this.#limit, wait);
  }

  #rejection(limit: LimitOptions, wait: number): Rejection {
    const { calls, window, retryAfter, unavailable = 0 } = limit;
    const seconds = parseDuration(window) / 1000;
    return {
      status: unavailable > 0 && this.#random() < unavailable ? 503 : 429,
      retryAfterMs: retryAfter ? this.#around(retryAfter.mean, retryAfter.spread ?? 0) : wait,
      timeMs: parseDuration(limit.rejectionTime ?? 0),
      message: `Number of requests exceeded the limit of ${calls} over time window of ${seconds} seconds.`,
    };
  }

  #around(mean: Duration, spread: number): number {
    return parseDuration(mean) * (1 + spread * (2 * this.#random() - 1));
  }

  #meterOf(connection: string, limit: LimitOptions): Meter {
    const known = this.#meters.get(connection);
    if (known) return known;
    const meter = createMeter(limit);
    this.#meters.set(connection, meter);
    return meter;
  }
}

function createMeter({ model, calls, window, burst = calls }: LimitOptions): Meter {
  const windowMs = parseDuration(window, 'limit.window');
  switch (model) {
    case 'sliding-window':
      return new SlidingWindow(calls, windowMs);
    case 'fixed-window':
      return new FixedWindow(calls, windowMs);
    case 'token-bucket':
      return new TokenBucket(calls, windowMs, burst);
  }
}

function checked(limit: LimitOptions | 'off'): LimitOptions | 'off' {
  if (limit === 'off') return limit;
  if (!(limit.calls >= 1)) {
    throw new RangeError(`limit.calls must be 1 or more, not ${limit.calls}; 'off' is no limit.`);
  }
  if (!(parseDuration(limit.window, 'limit.window') > 0)) {
    throw new RangeError(`limit.window must be longer than 0; 'off' is no limit.`);
  }
  return limit;
}
