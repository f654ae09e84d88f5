/**
 * From replies and failures of HTTP to our errors, in one place.
 *
 * Invariant: the status and the code of the connection decide, never a text. After a 5xx, a 202, or
 * a connection that was cut, a write may have been carried out, or may yet be; after 429, or a connection
 * that never was, it was not.
 * @module
 */
import { type Clock, parseRetryAfter } from '@runafter/clock';
import { readProperty, ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import type { HttpReply } from './http-resource.ts';

/** The connection was never there, so nothing was sent over it. */
const neverSent: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A reply that is no success, and says nothing about the document. */
export function replyFault(
  service: string,
  reply: HttpReply,
  writes: boolean,
  clock: Clock,
): ServiceUnavailableError | ServiceRefusedError {
  const { status } = reply;
  const options = { cause: statusError(reply), retryAfter: retryAfterIn(reply, clock) };
  if (status === 429 || status === 425) {
    return new ServiceUnavailableError(service, 'not-done', options);
  }
  if (status === 408 || (status >= 500 && status !== 501)) {
    return new ServiceUnavailableError(service, writes ? 'unknown' : 'not-done', options);
  }
  return new ServiceRefusedError(service, fixFor(status, writes), options);
}

/** A write that the service has only taken on: it may be done later, or found to conflict, or be dropped. */
export function acceptedFault(
  service: string,
  reply: HttpReply,
  clock: Clock,
): ServiceUnavailableError {
  const cause = statusError(reply, 'accepted, but not done yet');
  const retryAfter = retryAfterIn(reply, clock);
  return new ServiceUnavailableError(service, 'unknown', { cause, retryAfter });
}

/** A request that got no reply: the connection failed, or the time was over. */
export function connectionFault(
  service: string,
  error: unknown,
  writes: boolean,
): ServiceUnavailableError {
  // fetch says no more than "fetch failed"; its cause says why.
  const cause = readProperty(error, 'cause') ?? error;
  const wasSent = !neverSent.has(readProperty(cause, 'code'));
  return new ServiceUnavailableError(service, writes && wasSent ? 'unknown' : 'not-done', {
    cause,
  });
}

function fixFor(status: number, writes: boolean): string {
  if (status === 401) return 'Its token is missing or no longer valid: look at the token provider.';
  if (status === 403) return 'Give the account behind the token the right to do this.';
  if (status === 404 || status === 410) return 'There is nothing at this address: look at the url.';
  if (status === 428) {
    return 'It asks for a condition although one was sent: something in between removes If-Match.';
  }
  if (status === 304) {
    return 'It says that nothing has changed, and nobody had asked: look for a cache in between.';
  }
  // fetch says 0 for a redirect that it was told not to follow.
  if (status === 0 || (status >= 300 && status < 400)) {
    const why = writes ? 'a write must not end elsewhere' : 'the token must not go elsewhere';
    return `It redirects, and ${why}: use the address to which it points.`;
  }
  if (!writes && status === 206) {
    return 'It gives a part, and nobody had asked for one: look for what adds a Range header.';
  }
  if (!writes && status > 200 && status < 300) {
    return 'Only a 200 brings what is there: look at the url, and for a proxy that changes replies.';
  }
  return 'The cause is what it said.';
}

function statusError(reply: HttpReply, otherwise?: string): Error {
  const { code, message = otherwise } = serviceErrorOf(reply);
  const said = [code, message].filter((part) => part !== undefined).join(': ');
  const error = new Error(`HTTP ${reply.status}${said === '' ? '' : `, ${said}`}`);
  return Object.assign(error, { status: reply.status, ...(code !== undefined && { code }) });
}

/** The error in a body, as OData and most others write it: `{"error": {"code", "message"}}`. */
export function serviceErrorOf(reply: HttpReply): {
  readonly code: string | undefined;
  readonly message: string | undefined;
} {
  const body = reply.json();
  const error = readProperty(body, 'odata.error') ?? readProperty(body, 'error');
  const message = readProperty(error, 'message');
  return {
    code: asText(readProperty(error, 'code')),
    message: asText(message) ?? asText(readProperty(message, 'value')),
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 500) : undefined;
}

function retryAfterIn({ headers }: HttpReply, clock: Clock): number | undefined {
  const exact = headers.get('x-ms-retry-after-ms');
  if (exact !== null && /^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  return parseRetryAfter(headers.get('retry-after'), clock);
}
