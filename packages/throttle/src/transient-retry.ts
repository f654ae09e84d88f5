/**
 * The retry policy that fits work which nobody waits for: loops, imports, nightly jobs.
 * @module
 */
import { type ExponentialRetry, exponential, isTransient } from '@runafter/clock';

/**
 * Up to 5 retries, at random within 5 to 20 s, 20 to 40 s, 40 to 80 s, 80 to 160 s and 160 to 300 s, unless the
 * service says itself when to come back; for failures that pass (`isTransient`), and none that would begin
 * later than 15 minutes after the first attempt.
 *
 * A service that throttles counts over minutes, so short waits only use the retries up. Where somebody waits for
 * the answer, pass a quicker policy: `exponential({ count: 3, interval: '500ms', totalTime: '10s', when: isTransient })`.
 */
export const transientRetry: ExponentialRetry = exponential({
  count: 5,
  interval: '20s',
  minimum: '5s',
  maximum: '5m',
  totalTime: '15m',
  when: isTransient,
});
