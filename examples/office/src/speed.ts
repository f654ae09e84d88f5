/**
 * The office's own time, which may run faster than the machine's.
 *
 * Invariant: everything inside the office waits and measures on one clock, so that latencies, windows
 * and Retry-After keep their proportions at any speed. Only what goes over the wire is turned back.
 * @module
 */
import { type Clock, parseDuration } from '@runafter/clock';

/**
 * A clock on which `speed` seconds pass while one passes on `clock`.
 *
 * @throws {RangeError} when the speed is not a positive number.
 */
export function fasterClock(clock: Clock, speed: number): Clock {
  if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`speed must be a positive number, such as 100, not ${speed}.`);
  }
  if (speed === 1) return clock;
  const start = { now: clock.now(), monotonic: clock.monotonic() };
  return {
    now: () => Math.floor(start.now + (clock.now() - start.now) * speed),
    monotonic: () => start.monotonic + (clock.monotonic() - start.monotonic) * speed,
    setTimer: (delayMs, callback, options) => clock.setTimer(delayMs / speed, callback, options),
    sleep: async (duration, options) => clock.sleep(parseDuration(duration) / speed, options),
  };
}

/**
 * When to come back, for the wire: `Retry-After` in whole seconds, rounded up and never 0. In an office
 * that runs faster, a second is long; the exact time then goes along in `x-ms-retry-after-ms`.
 *
 * @param waitMs - milliseconds of the office's time.
 */
export function retryAfterHeaders(waitMs: number, speed: number): Record<string, string> {
  const realMs = Math.max(1, Math.ceil(waitMs / speed));
  return {
    'Retry-After': String(Math.ceil(realMs / 1000)),
    ...(speed !== 1 && { 'x-ms-retry-after-ms': String(realMs) }),
  };
}
