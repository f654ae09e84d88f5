/**
 * What a limiter hands out, wherever it is counted: in this process, or on a server that many processes share.
 *
 * A driver only grants or makes wait; who of this process is next, how many may wait and how a wait ends is the
 * limiter's, once for all drivers.
 *
 * Every budget promises:
 * - what is granted keeps within all of its limits: so many calls in any window, so far apart, so many at once;
 * - an aborted `take` ends at once with `signal.reason` and leaves nothing behind: what it was granted meanwhile
 *   is given back;
 * - a `take` waits for a weight, not for a caller: it is the limiter's choice who gets the permit;
 * - between calls no timer of it keeps the process alive. A connection that it has opened may, until close().
 *
 * Read next: budget-limiter.ts, the algorithm; memory-budget.ts.
 * @module
 */
import type { Permit, WaitOptions } from '@runafter/clock';

/** See the module's header for what every budget promises. */
export interface Budget {
  /** What errors call it, such as `Limiter` or `Redis limiter "crm"`. */
  readonly name: string;
  /** The heaviest call that can ever be granted; Infinity where there is no bound. */
  readonly heaviest: number;
  /** Asks once; undefined: not now. The limiter asks only while nobody of its own waits. */
  tryTake(weight: number, options: WaitOptions): Promise<Permit | undefined> | Permit | undefined;
  /**
   * Waits until it is granted; a permit that is to be had at once may be returned as it is, without a promise.
   *
   * The limiter has one `take` under way at a time. It aborts it when nobody waits any more, or when somebody
   * of another weight has become the first, and asks again only when the aborted one has settled. When it
   * rejects with anything else, the caller who is first gets the error, and those behind ask anew.
   *
   * A promise may also end with undefined: it is time to ask again. A driver that can answer at once then has
   * counted nothing for a caller who has left in between.
   */
  take(weight: number, options: WaitOptions): Promise<Permit | undefined> | Permit;
  /**
   * Milliseconds until the `take` that is under way can be granted at the earliest, if that is known; undefined:
   * it depends on others. For the hint to whoever finds the waiting room full.
   */
  dueIn?(): number | undefined;
  /** Closes what the driver has opened, and nothing that it was given. */
  close(): Promise<void>;
}
