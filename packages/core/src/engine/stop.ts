/**
 * The order to stop, as it goes down from a run or a container to everything inside it.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import { CANCELLED, type StatusBits, TIMED_OUT } from '../status.ts';

/** Why the work was told to stop: the reason of the handlers' AbortSignal. */
export class StoppedError extends RunafterError {}

/** An order to stop: how what runs will end, and the reason that its signals get. */
export interface Stop {
  /** CANCELLED or TIMED_OUT. */
  readonly bits: StatusBits;
  readonly reason: StoppedError;
}

/** Stops what runs as Cancelled. */
export function cancelled(code: string, message: string, cause?: unknown): Stop {
  return { bits: CANCELLED, reason: new StoppedError(code, message, { cause }) };
}

/** Stops what runs as TimedOut. */
export function timedOut(code: string, message: string): Stop {
  return { bits: TIMED_OUT, reason: new StoppedError(code, message) };
}
