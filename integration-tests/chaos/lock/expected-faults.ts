/**
 * What a worker does about the faults that are part of the game, and what they say about an operation. All
 * others end it.
 * @module
 */
import { hasCode, mayHaveBeenDone } from '@runafter/errors';
import type { ErrorClass } from '@runafter/testkit';

/** The lock was lost, or was not to be had in time, or the service is away: nothing was done. */
const harmless = [
  'LEASE_LOST',
  'LOCK_TIMEOUT',
  'SERVICE_CLOSED',
  'UPDATE_CONTENDED',
  'UPDATE_TIMED_OUT',
];

export function isExpected(error: unknown): boolean {
  return (
    hasCode(error, 'OUTCOME_UNKNOWN') ||
    hasCode(error, 'SERVICE_UNAVAILABLE') ||
    harmless.some((code) => hasCode(error, code))
  );
}

/** Whoever waits no more for a lock has left nothing behind, or what it has left ends by itself. */
export function classify(error: unknown): ErrorClass {
  const isKnown =
    isExpected(error) && !hasCode(error, 'OUTCOME_UNKNOWN') && !mayHaveBeenDone(error);
  return isKnown ? 'failed' : 'unknown';
}

/** Whether a store refused a write because it came too late. */
export function isRefusal(error: unknown): boolean {
  return hasCode(error, 'FENCE_STALE') || hasCode(error, 'ETAG_MISMATCH');
}
