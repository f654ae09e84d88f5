/**
 * The error of the history checker.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** A history, or an option of its check, that makes no sense. */
export class HistoryError extends RunafterError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('HISTORY_INVALID', message, options);
  }
}
