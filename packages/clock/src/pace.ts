/**
 * How fast those who wait get their turns, and so when it makes sense to come back to who is full. For gates and
 * limiters.
 *
 * Only time in which somebody has to wait is measured: how long nobody wanted anything says nothing about how fast
 * it could be had. What is long ago fades.
 * @module
 */
import type { Clock } from './clock.ts';

/** With fewer turns than this nothing has faded much. */
const fewestTurns = 32;

export class Pace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Since when there is a wait, or the last turn in it was; undefined: there is none. */
  #since: number | undefined;
  /** Milliseconds of waiting, and the turns that came in them; both fade at the same rate. */
  #time = 0;
  #turns = 0;
  #refused = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** To be told after each change: whether who comes now has to wait. */
  watch(isWait: boolean): void {
    if (!isWait) this.#since = undefined;
    else this.#since ??= this.#clock.monotonic();
  }

  /**
   * There was a turn: somebody was let in, or made room.
   *
   * @param atOnce - how many turns may come at the same moment. The pace is that of about the last four times as many.
   */
  turn(atOnce: number): void {
    this.#refused = 0;
    if (this.#since === undefined) return;
    const now = this.#clock.monotonic();
    const kept = 1 - 1 / Math.max(fewestTurns, 4 * atOnce);
    this.#time = this.#time * kept + now - this.#since;
    this.#turns = this.#turns * kept + 1;
    this.#since = now;
  }

  /**
   * Milliseconds until there will probably be a place for one who is refused now. Of those who were refused
   * since the last turn each is told another moment, for each turn makes one place.
   *
   * @param most - how many there are before them: no hint is longer than it takes these all to have their turns.
   * @returns undefined as long as nobody who had to wait has had a turn.
   */
  retryAfter(most: number): number | undefined {
    if (this.#turns === 0) return undefined;
    this.#refused = Math.min(this.#refused + 1, most);
    return Math.max(1, Math.round(this.#interval() * this.#refused));
  }

  /** Milliseconds from one turn to the next. A wait that is longer already counts as what it is. */
  #interval(): number {
    const mean = this.#time / this.#turns;
    const waited = this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since;
    return waited > mean ? (this.#time + waited) / (this.#turns + 1) : mean;
  }
}
