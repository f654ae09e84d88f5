/**
 * Whether callers are slowed down: somebody has waited for longer than nobody has, by as much as one would notice.
 *
 * One caller who waits for a second is slowed down, and so are 25 of whom each waits 80 ms, time and again. So what
 * counts is not how long one of them waits, but the time in which anybody does: it fills a measure, and time in
 * which nobody waits empties it. Full, they are slowed down; empty, they are not any more.
 *
 * Invariant: there is a timer exactly while time alone would change that. It keeps no process alive.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { toFault } from '@runafter/errors';

/** Callers begin to be slowed down, or go at full speed again. */
export type SlownessChange =
  | { readonly slowed: true; readonly since: Date; readonly waiting: number }
  | { readonly slowed: false; readonly since: Date /** Milliseconds. */; readonly lasted: number };

/** Is told of each change. What it throws, or rejects with, becomes a process warning and nothing else. */
export type SlownessListener = (change: SlownessChange) => unknown;

export class Slowness {
  readonly #clock: Clock;
  /** How much the measure holds, in milliseconds. */
  readonly #noticeAfter: number;
  readonly #onChange: SlownessListener | undefined;
  #waiting = 0;
  /** The measure, as of the moment `#at`. */
  #filled = 0;
  #at: number;
  #begun: { readonly date: Date; readonly at: number } | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, noticeAfter: number, onChange: SlownessListener | undefined) {
    this.#clock = clock;
    // Else whoever is let in at once would be slowed down as well.
    this.#noticeAfter = Math.max(1, noticeAfter);
    this.#onChange = onChange;
    this.#at = clock.monotonic();
  }

  /** Since when; undefined: nobody is slowed down. */
  get since(): Date | undefined {
    return this.#begun?.date;
  }

  /** Waits for a call as its caller does. */
  async watch<T>(call: Promise<T>): Promise<T> {
    this.#change(1);
    try {
      return await call;
    } finally {
      this.#change(-1);
    }
  }

  #change(by: 1 | -1): void {
    const before = this.#waiting > 0;
    this.#measure();
    this.#waiting += by;
    if (before !== this.#waiting > 0) this.#look();
  }

  #measure(): void {
    const now = this.#clock.monotonic();
    const passed = now - this.#at;
    const filled = this.#filled + (this.#waiting > 0 ? passed : -passed);
    this.#filled = Math.max(0, Math.min(this.#noticeAfter, filled));
    this.#at = now;
  }

  #look(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#begun === undefined && this.#filled >= this.#noticeAfter) this.#begin();
    else if (this.#begun !== undefined && this.#filled <= 0) this.#end();
    this.#watchClock();
  }

  /** Until the measure is full while somebody waits, or empty while nobody does, if that changes anything. */
  #watchClock(): void {
    const fills = this.#waiting > 0;
    if (fills === (this.#begun !== undefined)) return;
    const left = fills ? this.#noticeAfter - this.#filled : this.#filled;
    this.#cancelTimer ??= this.#clock.setTimer(
      left,
      () => {
        this.#measure();
        this.#look();
      },
      { ref: false },
    );
  }

  #begin(): void {
    const date = new Date(this.#clock.now());
    this.#begun = { date, at: this.#clock.monotonic() };
    this.#tell({ slowed: true, since: date, waiting: this.#waiting });
  }

  #end(): void {
    if (this.#begun === undefined) return;
    const { date, at } = this.#begun;
    this.#begun = undefined;
    this.#tell({ slowed: false, since: date, lasted: this.#clock.monotonic() - at });
  }

  /** It may call back into the budget. */
  #tell(change: SlownessChange): void {
    if (this.#onChange === undefined) return;
    try {
      Promise.resolve(this.#onChange(change)).catch(warn);
    } catch (error) {
      warn(error);
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(`onChange of a request budget failed: ${toFault(error).message}`, {
    type: 'RunafterWarning',
    code: 'BUDGET_LISTENER_FAILED',
  });
}
