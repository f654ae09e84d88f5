/**
 * Sleeping, written once on setTimer() for every clock.
 * @module
 */
import type { Clock, WaitOptions } from './clock.ts';
import { type Duration, parseDuration } from './duration.ts';

/** Implements {@link Clock.sleep} on the clock's own timers. */
export async function sleepOn(
  clock: Pick<Clock, 'setTimer'>,
  duration: Duration,
  options?: WaitOptions,
): Promise<void> {
  const ms = parseDuration(duration, 'sleep');
  const signal = options?.signal;
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
