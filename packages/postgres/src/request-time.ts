/**
 * The time that a request may take, whatever it does.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** No request takes longer, in milliseconds: then its session is given up. */
const longestRequest = 10_000;

/** @param request - is given a signal that aborts when the time is over, or when the caller's does. */
export async function withinTime<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  request: (cutOff: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const cancelTimer = clock.setTimer(longestRequest, () => late.abort(), { ref: false });
  try {
    return await request(
      signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    );
  } finally {
    cancelTimer();
  }
}
