/**
 * How fast a full gate gets its permits back, and so when it makes sense to come back to it.
 *
 * Only time in which the gate is full is measured: how long nobody wanted in says nothing about how fast those
 * inside are. What is long ago fades, so the pace is that of about the last four fillings of the gate.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** With fewer returns than this nothing has faded much. */
const fewestReturns = 32;

export class PaceOfReturns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When the gate became full, or had its last permit back while it was; undefined: it is not full. */
  #since: number | undefined;
  /** Milliseconds of being full, and the returns that came in them; both fade at the same rate. */
  #time = 0;
  #returns = 0;
  #refused = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** To be told after each change of the gate. */
  watch(isFull: boolean): void {
    if (!isFull) this.#since = undefined;
    else this.#since ??= this.#clock.monotonic();
  }

  /** A permit has come back. */
  returned(concurrency: number): void {
    this.#refused = 0;
    if (this.#since === undefined) return;
    const now = this.#clock.monotonic();
    const kept = 1 - 1 / Math.max(fewestReturns, 4 * concurrency);
    this.#time = this.#time * kept + now - this.#since;
    this.#returns = this.#returns * kept + 1;
    this.#since = now;
  }

  /**
   * Milliseconds until there will probably be a place for one who is refused now. Of those who were refused
   * since the last return each is told another moment, for each return makes one place.
   *
   * @param inside - how many are in the gate and its room: no hint is longer than it takes them all to leave.
   * @returns undefined as long as no permit has come back from a full gate.
   */
  retryAfter(inside: number): number | undefined {
    if (this.#returns === 0) return undefined;
    this.#refused = Math.min(this.#refused + 1, inside);
    return Math.max(1, Math.ceil(this.#pace() * this.#refused));
  }

  /** Milliseconds from one return to the next. A wait that is longer already counts as what it is. */
  #pace(): number {
    const pace = this.#time / this.#returns;
    const waited = this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since;
    return waited > pace ? (this.#time + waited) / (this.#returns + 1) : pace;
  }
}
