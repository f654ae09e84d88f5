/**
 * A bound on the time of one request: the client of the service has none of its own.
 * @module
 */
import type { Clock } from '@runafter/clock';

/**
 * Makes a request whose signal is aborted when the caller's is, or when the time is over.
 *
 * @param timeoutMs - milliseconds.
 */
export async function withinTime<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const stop = clock.setTimer(timeoutMs, () => limit.abort(), { ref: false });
  try {
    return await request(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal);
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    const late = new Error(`No reply within ${timeoutMs} ms.`, { cause: error });
    throw Object.assign(late, { code: 'ETIMEDOUT' });
  } finally {
    stop();
  }
}
