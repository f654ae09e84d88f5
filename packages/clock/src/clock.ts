/**
 * The Clock port: the only way in which this project looks at the time or waits.
 *
 * Invariant: whoever waits through a Clock can be run on a virtual one, where a day passes in a
 * millisecond and every run takes the same steps. Drivers: system-clock.ts and virtual-clock.ts.
 * @module
 */
import type { Duration } from './duration.ts';

/** Options of everything that waits. */
export interface WaitOptions {
  /** Aborting it ends the wait at once; the wait rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Clock.setTimer}. */
export interface TimerOptions {
  /**
   * Whether the timer keeps the process alive while it waits, and a virtual clock running by itself.
   * False is for timers that only watch over something else. Default true.
   */
  readonly ref?: boolean | undefined;
}

/**
 * Two readings of the time, and two ways to wait.
 *
 * `now()` is the time of day: it may jump when the machine's clock is set or the machine was suspended.
 * `monotonic()` only measures distances: it never goes back, but may stand still while the machine
 * is suspended. A deadline that must hold in both cases compares both.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, whole. Cheap: may be called for every action. */
  now(): number;

  /** Milliseconds since some fixed moment; fractions are possible, going back is not. Cheap. */
  monotonic(): number;

  /**
   * Calls `callback` once, when at least `delayMs` have passed on `monotonic()`; never before
   * setTimer has returned. Timers that are due at the same time fire in the order of their creation.
   *
   * Any length works, also above the 24.8 days of a JavaScript timer. A timer that is waiting keeps
   * the process alive, unless it is told not to.
   *
   * @param delayMs - milliseconds; negative counts as 0.
   * @param options.ref - false: does not keep the process alive. Default true.
   * @returns cancels the timer; calling it again, or after the timer has fired, does nothing.
   * @throws {DurationError} `DURATION_INVALID`: NaN or infinite.
   */
  setTimer(delayMs: number, callback: () => void, options?: TimerOptions): () => void;

  /**
   * Resolves when the duration has passed. Leaves no timer and no listener behind, however it ends.
   *
   * @param options.signal - aborting it rejects with `signal.reason` at once; one that is already
   *   aborted rejects without waiting.
   * @throws {DurationError} `DURATION_INVALID`, as a rejection: not a duration.
   * @example
   * await clock.sleep('30s', { signal });
   */
  sleep(duration: Duration, options?: WaitOptions): Promise<void>;
}
