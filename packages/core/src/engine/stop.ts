/**
 * The order to stop, as it goes down from a run or a container to everything inside it.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { ActionError } from '../result.ts';
import { CANCELLED, FAILED, type StatusBits, TIMED_OUT } from '../status.ts';
import type { StoredStop } from './journal.ts';
import { recordedError } from './records/recorded-error.ts';

/** Why the work was told to stop: the reason of the handlers' AbortSignal. */
export class StoppedError extends RunafterError {}

/** An order to stop: how what runs will end, and why. */
export interface Stop {
  /** CANCELLED or TIMED_OUT; FAILED for a run that was refused. */
  readonly bits: StatusBits;
  /** The reason of the handlers' signals. */
  readonly reason: StoppedError;
  /** The same for the records of what it stops. */
  readonly error: ActionError;
}

/** Stops what runs as Cancelled. */
export function cancelled(code: string, message: string, cause?: unknown): Stop {
  return stop(CANCELLED, code, message, cause);
}

/** Stops what runs as TimedOut. */
export function timedOut(code: string, message: string): Stop {
  return stop(TIMED_OUT, code, message, undefined);
}

/** Ends a run that was not let in: nothing of it starts. */
export function refused(code: string, message: string, cause: unknown): Stop {
  return stop(FAILED, code, message, cause);
}

/** The same order again, in another process. */
export function stopAgain({ bits, code, message }: StoredStop): Stop {
  return stop(bits, code, message, undefined);
}

function stop(bits: StatusBits, code: string, message: string, cause: unknown): Stop {
  const reason = new StoppedError(code, message, { cause });
  return { bits, reason, error: recordedError(code, message, cause) };
}
