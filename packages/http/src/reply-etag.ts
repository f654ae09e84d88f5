/**
 * The ETag that a reply comes with, and what stands in for one that nobody knows.
 *
 * Weak ETags (`W/"…"`) stay as they are: RFC 9110 would not let If-Match use them, but SharePoint and
 * Dataverse give no others, and compare them exactly.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { readProperty } from '@runafter/errors';
import type { HttpReply } from './http-resource.ts';

/** From the header, or from the body as OData writes it. */
export function etagOfReply(reply: HttpReply): string | undefined {
  return reply.headers.get('etag') ?? etagInBody(reply.json());
}

/** From `@odata.etag`, or `odata.etag` in older versions. */
export function etagInBody(body: unknown): string | undefined {
  const etag = readProperty(body, '@odata.etag') ?? readProperty(body, 'odata.etag');
  return typeof etag === 'string' ? etag : undefined;
}

const unknown = '"unknown-';
const inQuotes = /^(?:W\/)?"[^"\p{Cc}\u{100}-\u{10ffff}]*"$/u;
const bare = /^[^\s,"*\p{Cc}\u{80}-\u{10ffff}]+$/u;

/**
 * Whether a text is one ETag, and so can stand alone in If-Match: not `*`, which matches anything, and no list
 * of several. Without quotes, too, for services that write theirs so.
 */
export function isEtag(text: string): boolean {
  return inQuotes.test(text) || bare.test(text);
}

/**
 * The ETag of a version that was written, and whose real one the service did not tell. It matches
 * nothing, which is safe: whoever replaces the version by it is told to read again.
 */
export function unknownEtag(): string {
  return `${unknown}${randomUUID()}"`;
}

/** Whether a version could have this ETag. What could not is never sent. */
export function canMatch(etag: string): boolean {
  return isEtag(etag) && !etag.startsWith(unknown);
}
