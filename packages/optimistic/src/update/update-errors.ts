/**
 * Why an update gave up. Nothing of it was written.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { RunafterError } from '@runafter/errors';
import { DocumentError } from '../document-errors.ts';

/** `UPDATE_CONTENDED`: others were faster again and again, until a bound was reached. */
export class UpdateContendedError extends DocumentError {
  /** How often this update was tried. */
  readonly attempts: number;
  /** How many of these tries others were faster in. */
  readonly conflicts: number;
  /** Milliseconds since `update()` was called. */
  readonly waitedMs: number;

  constructor(
    store: string,
    key: string,
    facts: { readonly attempts: number; readonly conflicts: number; readonly waitedMs: number },
    options?: { readonly cause?: unknown },
  ) {
    super(
      'UPDATE_CONTENDED',
      store,
      key,
      `Document "${key}" in ${store} was written by others in ${facts.conflicts} of ${facts.attempts} ` +
        `tries within ${formatDuration(Math.round(facts.waitedMs))}. Nothing of this update was written. Ways out: spread what ` +
        'the document holds over several (a sharded counter, one document per customer), key the loop so ' +
        'that the same key is not worked on side by side, or take a lock around the change.',
      options,
    );
    this.attempts = facts.attempts;
    this.conflicts = facts.conflicts;
    this.waitedMs = facts.waitedMs;
  }
}

/**
 * `UPDATE_TIMED_OUT`: the time-out has passed while it waited for its turn, for its change or for the
 * service, and nobody else had written.
 */
export class UpdateTimedOutError extends DocumentError {
  /** Milliseconds since `update()` was called. */
  readonly waitedMs: number;

  constructor(store: string, key: string, waitedMs: number) {
    super(
      'UPDATE_TIMED_OUT',
      store,
      key,
      `The update of document "${key}" in ${store} did not end within ${formatDuration(Math.round(waitedMs))}. ` +
        'Nothing of it was written. A change that waits for something holds up the others of its key: ' +
        'fetch what it needs before update(). If it does not wait, the service does not answer.',
    );
    this.waitedMs = waitedMs;
  }
}

/** `UPDATE_OPTION_INVALID`: an option of an update that makes no sense. */
export class UpdateOptionError extends RunafterError {
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(option: string, fix: string) {
    super('UPDATE_OPTION_INVALID', `update(): ${option} ${fix}`);
    this.option = option;
  }
}
