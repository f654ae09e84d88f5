/**
 * A clock on which time passes so many times as fast, timers included.
 *
 * A holder with such a clock renews more often, and gives up earlier, than the service asks for. So tests see
 * within a second what a lease of 15 seconds does.
 * @module
 */
import { type Clock, parseDuration, systemClock } from '@runafter/clock';

export function fastClock(speed: number): Clock {
  const startedAt = systemClock.now();
  const startedFrom = systemClock.monotonic();
  return {
    now: () => startedAt + (systemClock.now() - startedAt) * speed,
    monotonic: () => startedFrom + (systemClock.monotonic() - startedFrom) * speed,
    sleep: (duration, options) => systemClock.sleep(parseDuration(duration) / speed, options),
    setTimer: (delay, callback, options) => systemClock.setTimer(delay / speed, callback, options),
  };
}
