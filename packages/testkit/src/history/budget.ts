/**
 * How much a check may take: time, and configurations kept in memory.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** Which bound a check met. */
export type Bound = 'time' | 'configurations';

/** What is left to a check. */
export class Budget {
  readonly #clock: Clock;
  readonly #end: number;
  readonly #most: number;
  #steps = 0;
  #late = false;

  constructor(clock: Clock, ms: number, mostConfigurations: number) {
    this.#clock = clock;
    this.#end = clock.monotonic() + ms;
    this.#most = mostConfigurations;
  }

  /** How many steps were taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Counts a step of a search; the clock is read at every thousandth. */
  step(configurations: number): Bound | undefined {
    if (this.#steps++ % 1_000 === 0) this.#late = this.#clock.monotonic() > this.#end;
    if (this.#late) return 'time';
    return configurations > this.#most ? 'configurations' : undefined;
  }
}
