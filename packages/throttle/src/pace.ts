/**
 * How fast a line of waiters moves, and so when it makes sense to come back to a full one.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** How much the newest step counts: the pace is that of about the last 32. */
const weightOfNewest = 1 / 32;

export class Pace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Milliseconds from one waiter's turn to the next one's; undefined: nobody had a turn yet. */
  #interval: number | undefined;
  /** When the last one had a turn, or when the line began. */
  #since = 0;
  #refused = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Somebody stands in a line that was empty. How long nobody stood there says nothing about its pace. */
  begin(): void {
    this.#since = this.#clock.monotonic();
  }

  /** The first in line has had a turn. */
  step(): void {
    const now = this.#clock.monotonic();
    const interval = now - this.#since;
    const mean = this.#interval ?? interval;
    this.#interval = mean + (interval - mean) * weightOfNewest;
    this.#since = now;
    this.#refused = 0;
  }

  /**
   * Milliseconds until there will probably be a place for one who is refused now. Of those who were refused
   * since the last turn each is told another moment, for each turn makes one place.
   *
   * @param most - how many are in line: nobody is told to wait for longer than it takes them all.
   */
  retryAfter(most: number): number | undefined {
    if (this.#interval === undefined) return undefined;
    this.#refused = Math.min(this.#refused + 1, most);
    return Math.max(1, Math.ceil(this.#interval * this.#refused));
  }
}
