/**
 * Ours: the very controller that stands behind `adaptive()`.
 * @module
 */
import { AdaptiveController, type SentCall } from '@runafter/throttle/adaptive-controller';
import type { MakeStrategy } from '../simulation.ts';

/** With the options' defaults. */
export function adaptiveController(max = 50): MakeStrategy {
  return () => {
    const settings = { start: Math.min(8, max), min: 1, max, now: 0, decided: () => {} };
    const controller = new AdaptiveController(settings);
    return {
      earliestStart: (now) => controller.earliestStart(now),
      sent: (now) => controller.sent(now),
      ended(now, call, end) {
        const { retryAfter } = { retryAfter: undefined, ...end };
        const outcome = end.throttled ? 'throttled' : 'ok';
        controller.ended(now, call as SentCall, { outcome, retryAfter });
        return 0;
      },
    };
  };
}
