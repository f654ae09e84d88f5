/**
 * The machine's clock, but faster, and the same in all processes: an hour of a plan passes in seconds.
 * @module
 */
import { type Clock, parseDuration, systemClock } from '@runafter/clock';

/**
 * @param speed - how many times faster.
 * @param since - milliseconds since 1970: when it showed what the machine's clock showed.
 */
export function fastClock(speed: number, since: number): Clock {
  const { setTimer } = systemClock;
  return {
    // Finer than Date.now(), of which a millisecond would be many here.
    now: () => Math.floor(since + (performance.timeOrigin + performance.now() - since) * speed),
    monotonic: () => performance.now() * speed,
    setTimer: (delay, callback, options) => setTimer(delay / speed, callback, options),
    sleep: (duration, options) => systemClock.sleep(parseDuration(duration) / speed, options),
  };
}
