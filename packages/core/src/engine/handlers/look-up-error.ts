/**
 * The error of a look-up by name that cannot be answered.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Status } from '../../status.ts';

/** `OUTPUT_NOT_AVAILABLE`: the name is unknown there, or the action has not certainly succeeded. */
export class LookUpError extends RunafterError {
  /** The name that was looked up. */
  readonly action: string;

  constructor(action: string, message: string) {
    super('OUTPUT_NOT_AVAILABLE', message);
    this.action = action;
  }
}

/** Of an action that has no output to look up. */
export function notSucceeded(name: string, status: Status): LookUpError {
  return new LookUpError(
    name,
    `outputs("${name}") is not there: it ended ${status}. Use result("${name}"), ` +
      'or run only after it Succeeded.',
  );
}
