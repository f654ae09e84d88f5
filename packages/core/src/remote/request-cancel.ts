/**
 * Cancels a run that another process works on.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { encodeValue } from '../durable/codec.ts';
import { RunUnknownError } from '../durable/durable-errors.ts';
import { stamped } from '../durable/run-signals.ts';
import { CANCEL } from '../engine/handlers/report.ts';
import type { RunStore } from '../ports/run-store.ts';

/**
 * Has a run cancelled by whoever works on it with a remote executor, now or later. It is kept in the
 * store, so it is not lost when nobody works on the run at the moment.
 *
 * @returns false when the run has ended.
 * @throws {RunUnknownError} `RUN_UNKNOWN`, as a rejection.
 */
export async function requestCancel(
  store: RunStore,
  runId: string,
  reason: string,
  clock: Clock = systemClock,
): Promise<boolean> {
  const payload = stamped(clock.now(), encodeValue(reason, Number.POSITIVE_INFINITY, 'The reason'));
  const answer = await store.putSignal(runId, { event: CANCEL, payload });
  if (answer === 'unknown') throw new RunUnknownError(runId);
  return answer !== 'ended';
}
