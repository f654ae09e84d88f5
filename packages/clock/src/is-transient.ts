/**
 * Which failures are likely to be gone at the next attempt.
 * @module
 */
import { httpStatusOf, toFault } from '@runafter/errors';

const transientCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'SERVICE_UNAVAILABLE',
  'TimeoutError',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/**
 * Whether an error is an HTTP 408, 429 or 5xx, a time-out, a failed connection, also as the cause of
 * `fetch failed`, or a ServiceUnavailableError. Never throws. Pass it as `when` to retry these and nothing else.
 *
 * @example
 * fixed({ count: 3, interval: '5s', when: isTransient })
 */
export function isTransient(error: unknown): boolean {
  const status = httpStatusOf(error);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  const { code } = toFault(error);
  return transientCodes.has(code) || /^HTTP_(408|429|5\d\d)$/.test(code);
}
