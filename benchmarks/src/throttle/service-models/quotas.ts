/**
 * How services count calls: a bucket of tokens, and a window that begins anew.
 * @module
 */

/** A bucket into which tokens drip evenly. It starts full. */
export class TokenBucket {
  readonly #burst: number;
  #perMs: number;
  #tokens: number;
  #filledAt = 0;

  constructor(perMinute: number, burst: number) {
    this.#perMs = perMinute / 60_000;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes a token if there is one. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes some of what is there, without asking. */
  drain(tokens: number): void {
    this.#tokens = Math.max(0, this.#tokens - tokens);
  }

  /** Milliseconds until there is a token. */
  wait(now: number): number {
    this.#fill(now);
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  /** From now on it fills at another pace. */
  setPerMinute(perMinute: number, now: number): void {
    this.#fill(now);
    this.#perMs = perMinute / 60_000;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}

/** So many calls between two moments at which the count begins anew. The first is the job's beginning. */
export class FixedWindow {
  readonly #limit: number;
  readonly #length: number;
  #window = 0;
  #taken = 0;

  constructor(limit: number, length: number) {
    this.#limit = limit;
    this.#length = length;
  }

  take(now: number): boolean {
    const window = Math.floor(now / this.#length);
    if (window !== this.#window) this.#taken = 0;
    this.#window = window;
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }

  /** Milliseconds until the count begins anew. */
  wait(now: number): number {
    return this.#length - (now % this.#length);
  }
}

/** So many calls in any time of this length, wherever it begins. */
export class SlidingWindow {
  readonly #length: number;
  /** When the last calls were taken, as many as the limit, in a ring. */
  readonly #taken: Float64Array;
  #oldest = 0;

  constructor(limit: number, length: number) {
    this.#length = length;
    this.#taken = new Float64Array(limit).fill(-Infinity);
  }

  take(now: number): boolean {
    if (this.wait(now) > 0) return false;
    this.#taken[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#taken.length;
    return true;
  }

  /** Milliseconds until a call has left the window. */
  wait(now: number): number {
    return Math.max(0, (this.#taken[this.#oldest] ?? 0) + this.#length - now);
  }
}
