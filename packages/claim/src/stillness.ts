/**
 * Expiry without comparing the clocks of two machines: whoever leaves a mark renews it, and who has seen it
 * unchanged for its whole ttl, by its own clock, knows that it has ended.
 *
 * Invariant: each mark is used once, its writer has begun before it was seen for the first time, and gives up before
 * a ttl has passed since. So nothing is taken from who still believes in it. The price: a mark of somebody
 * who died long ago is only known to have ended by who has watched it for a ttl.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** What was last seen of one thing. */
interface Seen {
  readonly mark: string;
  /** By `monotonic()`, right after it was read. */
  readonly since: number;
}

export class Stillness {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Notes what was read just now.
   *
   * @param mark - what each renewal changes, into what it never was before.
   * @returns in how many milliseconds it ends unless it changes; 0 or less: it has ended.
   */
  endsIn(key: string, mark: string, ttl: number): number {
    const now = this.#clock.monotonic();
    const seen = this.#seen.get(key);
    if (seen?.mark === mark) return seen.since + ttl - now;
    this.#seen.set(key, { mark, since: now });
    return ttl;
  }
}
