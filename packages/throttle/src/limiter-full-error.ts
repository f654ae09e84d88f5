/**
 * What a limiter says to whom it cannot even let wait.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { RunafterError } from '@runafter/errors';

/**
 * `LIMITER_FULL`: as many wait already as may. Nothing was begun: come back later.
 *
 * Its `status` is that of HTTP for «too many requests», and `retryAfter` is obeyed by `retry()`. So `isThrottled`
 * says yes, as for a service, and an adaptive limiter around it slows down: whoever adds to a full line should.
 */
export class LimiterFullError extends RunafterError {
  /** What the limiter is called. */
  readonly limiter: string;
  readonly status = 429;
  /** How many wait. */
  readonly waiting: number;
  /**
   * Milliseconds after which there will probably be a place, by how fast those who wait are let in, and not before
   * the next one can be. Undefined as long as neither is known.
   */
  readonly retryAfter: number | undefined;

  constructor(limiter: string, waiting: number, retryAfter: number | undefined) {
    const when = retryAfter === undefined ? 'later' : `in about ${formatDuration(retryAfter)}`;
    super(
      'LIMITER_FULL',
      `${limiter}: ${waiting} wait already, which is as many as may. ` +
        `Come back ${when}, raise waiting, or let callers wait outside with whenFull: 'wait'.`,
    );
    this.limiter = limiter;
    this.waiting = waiting;
    this.retryAfter = retryAfter;
  }
}
