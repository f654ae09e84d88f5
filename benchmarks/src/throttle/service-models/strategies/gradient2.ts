/**
 * Netflix's Gradient2: as many calls as the latency of now, compared with that of a long time, allows, and a few to
 * grow. It does not look at refusals.
 * @see https://github.com/Netflix/concurrency-limits
 * @module
 */
import type { MakeStrategy } from '../simulation.ts';
import { withSharedPause } from './shared-pause-limit.ts';

const tolerance = 1.5;
const queue = 4;
const smoothing = 0.2;
/** How much the newest latency counts in the long one: a window of 600 calls. */
const newest = 2 / 601;

export function gradient2(max = 50): MakeStrategy {
  return withSharedPause(() => {
    let limit = 8;
    let long: number | undefined;
    return {
      get limit() {
        return limit;
      },
      ended(end, underWay) {
        const { throttled, latency } = end;
        if (throttled) return;
        long ??= latency;
        long += (latency - long) * newest;
        if (long / latency > 2) long *= 0.95;
        if (underWay < limit / 2) return;
        const gradient = Math.max(0.5, Math.min(1, (tolerance * long) / latency));
        const next = limit * (1 - smoothing) + (limit * gradient + queue) * smoothing;
        limit = Math.min(max, Math.max(1, next));
      },
    };
  });
}
