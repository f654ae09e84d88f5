/**
 * Which failures say: too much, too fast. Sending less helps, where for others only trying again does.
 * @module
 */
import { httpStatusOf } from '@runafter/errors';
import { faultChain } from './fault-chain.ts';
import { retryAfterOf } from './retry-after.ts';

/**
 * Whether a service asks its caller to slow down: HTTP 429, or 503 with a Retry-After that can be read. Takes an
 * error, with the status in one of its causes as well, and also a response of fetch. Never throws.
 *
 * A 503 without Retry-After may be an outage, which less load does not end.
 *
 * @example
 * if (isThrottled(response)) slowDown();
 * @see https://www.rfc-editor.org/rfc/rfc6585#section-4
 * @see https://www.rfc-editor.org/rfc/rfc9110#status.503
 */
export function isThrottled(error: unknown): boolean {
  const status = faultChain(error)
    .map(httpStatusOf)
    .find((each) => each !== undefined);
  if (status === 429) return true;
  return status === 503 && retryAfterOf(error, anyClock) !== undefined;
}

/** Whether a date can be read does not depend on the time that it is. */
const anyClock = { now: () => 0 };
