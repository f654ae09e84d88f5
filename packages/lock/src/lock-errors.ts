/**
 * What can be wrong with what is asked of a lock or a semaphore. Nothing is held then.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `LOCK_TIMEOUT`: it was not to be had within the time that the caller wanted to wait. */
export class LockTimeoutError extends RunafterError {
  /** The name of the set of locks, as errors call it. */
  readonly service: string;
  readonly lockName: string;
  /** Milliseconds. */
  readonly waited: number;
  /** The owner who had it when it was last asked for, where the backend knows. */
  readonly heldBy: string | undefined;

  /** @param options.cause - why the last request failed, if it did. */
  constructor(
    service: string,
    lockName: string,
    waited: number,
    heldBy: string | undefined,
    options?: { readonly cause?: unknown },
  ) {
    const failed = options?.cause !== undefined;
    const what = failed
      ? 'was not granted, and the last request for it failed,'
      : `was still held${heldBy === undefined ? '' : ` by "${heldBy}"`}`;
    const fix = failed
      ? 'Look at the cause.'
      : 'Wait longer, shorten the guarded work, or use the try… call and handle undefined.';
    super(
      'LOCK_TIMEOUT',
      `"${lockName}" of ${service} ${what} after ${Math.round(waited)} ms. ${fix}`,
      failed ? options : undefined,
    );
    this.service = service;
    this.lockName = lockName;
    this.waited = waited;
    this.heldBy = heldBy;
  }
}

/** `LOCK_NAME_INVALID`: not a name that something can be locked by. */
export class LockNameError extends RunafterError {
  readonly service: string;

  constructor(service: string, name: unknown) {
    const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : String(name);
    super(
      'LOCK_NAME_INVALID',
      `${service}: the name is ${shown}. Pass at least one character of well-formed Unicode.`,
    );
    this.service = service;
  }
}

/** `LOCK_OPTION_INVALID`: an option that a lock or a semaphore cannot use. */
export class LockOptionError extends RunafterError {
  readonly service: string;
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(service: string, option: string, fix: string) {
    super('LOCK_OPTION_INVALID', `${service}: the option ${option} ${fix}`);
    this.service = service;
    this.option = option;
  }
}
