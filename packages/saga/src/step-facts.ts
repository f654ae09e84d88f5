/**
 * What may have happened in a step: decided from its record and from what was stored before it began.
 *
 * Invariant: `no` is said only where the handler certainly did nothing. Whatever is in doubt is undone.
 * @module
 */

import type { ActionRecord } from '@runafter/core';
import type { Child } from '@runafter/core/container-kind';
import { RunafterError } from '@runafter/errors';

/** `no`: it has nothing to undo. `unknown`: it may have happened. */
export type Happened = 'yes' | 'no' | 'unknown';

const notDone = 'STEP_NOT_DONE';

/** How often each step was begun, each time stored before it was. */
export type Starts = ReadonlyMap<string, number>;

/**
 * `STEP_NOT_DONE`: thrown by a step's handler to say that this attempt has certainly done nothing, so
 * that there is nothing to undo. An error of a service that says so speaks of one request; only the
 * handler knows that it was its only one.
 *
 * @example
 * catch (error) {
 *   if (mayHaveBeenDone(error)) throw error;
 *   throw new StepNotDoneError('The directory refused the account', { cause: error });
 * }
 */
export class StepNotDoneError extends RunafterError {
  /** @param reason - why nothing was done, without a full stop. */
  constructor(reason: string, options?: { readonly cause?: unknown }) {
    super(notDone, `${reason}. Nothing was done.`, options);
  }
}

/** @param starts - see {@link Starts}. */
export function happenedIn({ name, record }: Child, starts: Starts): Happened {
  const times = starts.get(name) ?? 0;
  if (record?.status === 'Succeeded') return 'yes';
  if (record === undefined || times === 0) return 'no';
  // What a process before this one did is told neither by the status nor by the attempts.
  if (times > 1) return 'unknown';
  if (record.status === 'Skipped') return 'no';
  return record.code === notDone && everyAttemptSaysSo(record) ? 'no' : 'unknown';
}

/** A child workflow has no attempts, and what a step inside it says is not said of all of it. */
function everyAttemptSaysSo({ attempts }: ActionRecord): boolean {
  return attempts.length > 0 && attempts.every(({ error }) => error?.code === notDone);
}
