/**
 * An error in the form that records, events and results keep: code, message, and the cause.
 *
 * The cause is there for programs, but it is not enumerable: it may hold secrets, such as the headers of
 * a request, or refer to itself, so JSON and console.log must not follow it.
 * @module
 */
import type { ActionError } from '../../result.ts';

export function recordedError(code: string, message: string, cause: unknown): ActionError {
  return Object.defineProperty({ code, message }, 'cause', { value: cause });
}
