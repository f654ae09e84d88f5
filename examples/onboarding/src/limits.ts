/**
 * How fast each system may be called, and how much of it is under way at once, by all hires together.
 *
 * Invariant: what a service documents is kept to before it has to say 429. Others may use it as well, so a 429 is
 * still possible; then the step's retry obeys it.
 * @module
 */
import type { Clock, Limiter } from '@runafter/clock';
import { connectorLimits, type LimitOptions, limiter } from '@runafter/throttle';

/** The systems that have limits. */
export type LimitedSystem = 'directory' | 'sites' | 'mail' | 'database';

export type Limits = Readonly<Record<LimitedSystem, Limiter>>;

// #region limits
const { entraWrites, sharePoint, outlookSend } = connectorLimits;
export const limitsOf = {
  directory: { rate: entraWrites, concurrency: 15 }, // 3,000 in 150 seconds
  sites: { rate: sharePoint, concurrency: 20 }, // 600 a minute
  mail: { rate: outlookSend, concurrency: 15 }, // 30 a minute
  database: { concurrency: 10 }, // as many as there are connections
} satisfies Readonly<Record<LimitedSystem, LimitOptions>>;
// #endregion

/**
 * Makes the limits of one process.
 *
 * @param clock - the one by which the services count their minutes.
 */
export function limitsOn(clock: Clock): Limits {
  return {
    directory: limiter({ ...limitsOf.directory, clock }),
    sites: limiter({ ...limitsOf.sites, clock }),
    mail: limiter({ ...limitsOf.mail, clock }),
    database: limiter({ ...limitsOf.database, clock }),
  };
}
