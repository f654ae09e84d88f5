/**
 * What the known algorithms have in common here: so many calls at once, and nobody calls during a Retry-After.
 * @module
 */
import type { CallEnd, MakeStrategy } from '../simulation.ts';

/** An algorithm that sets the number of calls at once. */
export interface LimitAlgorithm {
  /** How many calls at once; a fraction is rounded down, and at least 1. */
  readonly limit: number;
  /**
   * @param underWay - how many calls were under way when it ended, itself included.
   * @param isEvent - the first refusal since the last pause.
   */
  ended(end: CallEnd, underWay: number, isEvent: boolean): void;
}

/** The algorithm with a shared pause. */
export function withSharedPause(make: () => LimitAlgorithm): MakeStrategy {
  return () => {
    const algorithm = make();
    let underWay = 0;
    let until = 0;
    return {
      earliestStart(now) {
        if (now < until) return until;
        return underWay < Math.max(1, Math.floor(algorithm.limit)) ? now : Infinity;
      },
      sent(now) {
        underWay++;
        return now;
      },
      ended(now, sentAt, end) {
        algorithm.ended(end, underWay, end.throttled && (sentAt as number) >= until);
        underWay--;
        if (end.throttled) until = Math.max(until, now + end.retryAfter);
        return 0;
      },
    };
  };
}
