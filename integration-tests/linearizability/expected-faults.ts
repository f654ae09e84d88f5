/**
 * What may go wrong while a network fails and clients lose patience, and what it says about the operation.
 * @module
 */
import type { Random } from '@runafter/clock';
import { hasCode, type ServiceUnavailableError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import type { ErrorClass } from '@runafter/testkit';
import { chance } from './chance.ts';

/** How often a client loses its patience, and after how many milliseconds at most. */
const abortRate = 0.02;
const longestPatience = 12;

/** Options of a call that is now and then aborted while it is under way. */
export function sometimesAborted(random: Random): CallOptions {
  if (!chance(random, abortRate)) return {};
  return { signal: AbortSignal.timeout(1 + Math.floor(random() * longestPatience)) };
}

/** Whether it is one of the faults that a run is about. Any other is a failure of the run. */
export function isExpected(error: unknown): boolean {
  return isAbort(error) || isInDoubt(error) || isNotDone(error);
}

/** What a fault says about the effect of its operation: nothing, unless it says that there was none. */
export function classify(error: unknown): ErrorClass {
  return isNotDone(error) ? 'failed' : 'unknown';
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function isInDoubt(error: unknown): boolean {
  return hasCode(error, 'OUTCOME_UNKNOWN') || unavailable(error)?.outcome === 'unknown';
}

function isNotDone(error: unknown): boolean {
  return hasCode(error, 'UPDATE_CONTENDED') || unavailable(error)?.outcome === 'not-done';
}

function unavailable(error: unknown): ServiceUnavailableError | undefined {
  return hasCode(error, 'SERVICE_UNAVAILABLE') ? (error as ServiceUnavailableError) : undefined;
}
