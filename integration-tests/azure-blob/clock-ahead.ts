/**
 * The machine's clock, set forward: what expires by it expires, and waits take as long as they do.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';

export interface ClockAhead extends Clock {
  /** Sets it forward by so many milliseconds more. */
  setForward(ms: number): void;
}

export function clockAhead(): ClockAhead {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    setForward(ms) {
      ahead += ms;
    },
  };
}
