/**
 * A fixed number of workers, each of which sleeps for itself when it is told to.
 * @module
 */
import type { MakeStrategy } from '../simulation.ts';

/** `degree` workers. */
export function fixedDegree(degree: number): MakeStrategy {
  return () => {
    /** When each busy worker is free again; Infinity while its call is under way. */
    let underWay = 0;
    let sleeping: number[] = [];
    return {
      earliestStart(now) {
        sleeping = sleeping.filter((until) => until > now);
        return underWay + sleeping.length < degree ? now : Math.min(Infinity, ...sleeping);
      },
      sent() {
        underWay++;
      },
      ended(now, _, end) {
        underWay--;
        if (!end.throttled) return 0;
        sleeping.push(now + end.retryAfter);
        return end.retryAfter;
      },
    };
  };
}
