/**
 * The error of a look-up by name that cannot be answered.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `OUTPUT_NOT_AVAILABLE`: the name is unknown there, or the action has not certainly succeeded. */
export class LookUpError extends RunafterError {
  /** The name that was looked up. */
  readonly action: string;

  constructor(action: string, message: string) {
    super('OUTPUT_NOT_AVAILABLE', message);
    this.action = action;
  }
}
