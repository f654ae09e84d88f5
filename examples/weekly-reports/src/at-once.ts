/**
 * How many reports are worked on at once, and how fast mails go out: what the services take.
 *
 * A report makes few calls and takes long, so a number of reports keeps to SharePoint's limit. Mails are limited
 * too tightly for that: a limiter lets them out, and a report waits with its mail only when there have been many.
 * @module
 */
import { type Limiter, systemClock } from '@runafter/clock';
import { fasterClock } from '@runafter/example-office';
import { connectorLimits, limiter, safeConcurrency } from '@runafter/throttle';

// #region at-once
/** A third of what SharePoint takes: the reports can wait, others who use the connection cannot. */
export const reportsAtOnce = safeConcurrency({
  rate: connectorLimits.sharePoint,
  callsPerIteration: 2, // Processing, and then Complete or Failed
  iterationTime: '6.5s', // two updates of 2.75 s, and the mail between them
  headroom: 3,
});
// #endregion

/**
 * Keeps to the 30 mails a minute that Outlook takes.
 *
 * @param speed - how many times as fast as the real services the office runs: its minutes pass as fast.
 */
export function mailLimiter(speed: number): Limiter {
  return limiter({
    rate: connectorLimits.outlookSend,
    clock: fasterClock(systemClock, speed),
  });
}
