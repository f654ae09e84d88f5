/**
 * How fast each system may be called, and how much of it is under way at once, by all hires together.
 *
 * Invariant: what a service documents is kept to before it has to say 429. Others may use it as well, so a 429 is
 * still possible; then the step's retry obeys it.
 * @module
 */
import type { Clock, Limiter } from '@runafter/clock';
import { connectorLimits, limiter } from '@runafter/throttle';

export type Limits = Readonly<Record<'directory' | 'sites' | 'mail' | 'database', Limiter>>;

/**
 * Makes the limits of one process.
 *
 * @param clock - the one by which the services count their minutes.
 */
export function limitsOn(clock: Clock): Limits {
  // #region limits
  const { entraWrites, sharePoint, outlookSend } = connectorLimits;
  return {
    directory: limiter({ rate: entraWrites, concurrency: 15, clock }), // 3,000 in 150 seconds
    sites: limiter({ rate: sharePoint, concurrency: 20, clock }), // 600 a minute
    mail: limiter({ rate: outlookSend, concurrency: 15, clock }), // 30 a minute
    database: limiter({ concurrency: 10, clock }), // as many as there are connections
  };
  // #endregion
}
