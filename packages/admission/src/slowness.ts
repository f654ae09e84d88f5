/**
 * Whether callers are slowed down: one of them has waited for longer than one would notice.
 *
 * Invariant: there is a timer exactly while somebody waits and nobody is known to be slowed down. It keeps no
 * process alive.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { Line } from './line.ts';

/** Callers begin to be slowed down, or go at full speed again. */
export type SlownessChange =
  | { readonly slowed: true; readonly since: Date; readonly waiting: number }
  | { readonly slowed: false; readonly since: Date; readonly lasted: number };

/** Is told of each change. What it throws is nobody's business here: it must not throw. */
export type SlownessListener = (change: SlownessChange) => void;

export class Slowness {
  readonly #clock: Clock;
  readonly #noticeAfter: number;
  readonly #onChange: SlownessListener | undefined;
  /** When each of those who wait has begun to. */
  readonly #waits = new Line<number>();
  #begun: { readonly date: Date; readonly at: number } | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, noticeAfter: number, onChange: SlownessListener | undefined) {
    this.#clock = clock;
    this.#noticeAfter = noticeAfter;
    this.#onChange = onChange;
  }

  /** Since when; undefined: nobody is slowed down. */
  get since(): Date | undefined {
    return this.#begun?.date;
  }

  /** Waits for a call as its caller does. */
  async watch<T>(call: Promise<T>): Promise<T> {
    const place = this.#waits.join(this.#clock.monotonic());
    this.#look();
    try {
      return await call;
    } finally {
      this.#waits.leave(place);
      this.#look();
    }
  }

  #look(): void {
    const oldest = this.#waits.first;
    const left =
      oldest === undefined ? undefined : oldest + this.#noticeAfter - this.#clock.monotonic();
    if (left === undefined) this.#stopTimer();
    if (left !== undefined && left <= 0) this.#begin();
    else this.#end();
    if (left !== undefined && left > 0) this.#watchClock(left);
  }

  #watchClock(left: number): void {
    this.#cancelTimer ??= this.#clock.setTimer(
      left,
      () => {
        this.#cancelTimer = undefined;
        this.#look();
      },
      { ref: false },
    );
  }

  #begin(): void {
    this.#stopTimer();
    if (this.#begun !== undefined) return;
    const date = new Date(this.#clock.now());
    this.#begun = { date, at: this.#clock.monotonic() };
    this.#onChange?.({ slowed: true, since: date, waiting: this.#waits.length });
  }

  #end(): void {
    if (this.#begun === undefined) return;
    const { date, at } = this.#begun;
    this.#begun = undefined;
    this.#onChange?.({ slowed: false, since: date, lasted: this.#clock.monotonic() - at });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
