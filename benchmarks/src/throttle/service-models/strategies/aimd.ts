/**
 * Additive increase, multiplicative decrease: one more for each round without a refusal, half as many after one.
 * @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
 * @module
 */
import type { MakeStrategy } from '../simulation.ts';
import { withSharedPause } from './shared-pause-limit.ts';

export function aimd(max = 50): MakeStrategy {
  return withSharedPause(() => {
    let limit = 8;
    return {
      get limit() {
        return limit;
      },
      ended(end, underWay, isEvent) {
        if (isEvent) limit = Math.max(1, limit / 2);
        else if (!end.throttled && underWay >= Math.floor(limit)) {
          limit = Math.min(max, limit + 1 / limit);
        }
      },
    };
  });
}
