/**
 * Responses of fetch as failures: fetch does not throw them.
 * @module
 */
import { isTransient } from '@runafter/clock';
import { readProperty } from '@runafter/errors';

/** Whether a value is a response of fetch, of whichever implementation, that says 408, 429 or 5xx. Never throws. */
export function isTransientResponse(value: unknown): value is Response {
  return (
    typeof readProperty(value, 'ok') === 'boolean' &&
    typeof readProperty(value, 'arrayBuffer') === 'function' &&
    isTransient(value)
  );
}

/**
 * Gives up the body of a response that nobody reads, so that its connection is free again. Does not wait for
 * that, and leaves a body alone that somebody has begun to read.
 */
export function discardBody(response: Response): void {
  const { body, bodyUsed } = response;
  // Bodies of node-fetch are streams of Node, which cannot be cancelled.
  if (bodyUsed || typeof body?.cancel !== 'function') return;
  // Rejects when somebody holds its reader.
  body.cancel().catch(() => {});
}
