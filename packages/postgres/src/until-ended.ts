/**
 * Waiting for the end of something that keeps no process alive by itself.
 * @module
 */
import type { Clock } from '@runafter/clock';

/**
 * Resolves when the work has ended, in one way or the other, or after some milliseconds. Until then the process
 * goes on: whoever awaits a `close()` would otherwise be cut short in the middle of it.
 */
export function untilEnded(work: Promise<unknown>, longest: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancelTimer();
      resolve();
    };
    const cancelTimer = clock.setTimer(longest, end);
    work.then(end, end);
  });
}
