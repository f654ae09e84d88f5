/**
 * What a worker does about the faults that are part of the game. All others end it.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';

/** Milliseconds before the next try. */
const pause = 20;

/** Whether something may have been done or not, and nobody can tell. */
export function isUnknown(error: unknown): boolean {
  return hasCode(error, 'OUTCOME_UNKNOWN');
}

/** Whether nothing was done because the service was away or others were faster. */
function isNotDone(error: unknown): boolean {
  return hasCode(error, 'SERVICE_UNAVAILABLE') || hasCode(error, 'UPDATE_CONTENDED');
}

/** Tries until it was done; with an unknown outcome it ends. Whoever watches decides when that takes too long. */
export function untilDone(attempt: () => Promise<unknown>): Promise<void> {
  return again(attempt, isNotDone);
}

/** Tries until it was answered: for what does no harm when it is done again. */
export function untilAnswered(attempt: () => Promise<unknown>): Promise<void> {
  return again(attempt, (error) => isUnknown(error) || isNotDone(error));
}

async function again(
  attempt: () => Promise<unknown>,
  isPassing: (error: unknown) => boolean,
): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await systemClock.sleep(pause);
  }
}
