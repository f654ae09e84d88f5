/**
 * How much time has passed, for deadlines that must hold.
 *
 * Invariant: neither of a clock's readings is believed alone. `monotonic()` stands still while the
 * machine is suspended and `now()` may be set back, so the larger distance counts.
 * @module
 */
import type { Clock } from './clock.ts';

/** Both readings of a {@link Clock} at one moment. */
export interface ClockReading {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds since some fixed moment; means something only to the clock that it came from. */
  readonly monotonic: number;
}

/**
 * Looks at both readings of a clock.
 *
 * @example
 * const requestedAt = readClock(clock); // before the request
 */
export function readClock(clock: Clock): ClockReading {
  return { now: clock.now(), monotonic: clock.monotonic() };
}

/** Milliseconds since a reading of the same clock: the larger of what its two readings say. */
export function elapsedSince(clock: Clock, reading: ClockReading): number {
  return Math.max(clock.now() - reading.now, clock.monotonic() - reading.monotonic);
}
