/**
 * Where the next page of a listing is.
 * @module
 */
import { readProperty } from '@runafter/errors';
import type { HttpReply } from './http-resource.ts';

/** From `@odata.nextLink` or `odata.nextLink` in the body, or from `Link: <…>; rel="next"`. */
export function nextPageOf(page: HttpReply): string | undefined {
  const body = page.json();
  const inBody = readProperty(body, '@odata.nextLink') ?? readProperty(body, 'odata.nextLink');
  return typeof inBody === 'string' ? inBody : linkTo('next', page.headers.get('link') ?? '');
}

/** @see https://www.rfc-editor.org/rfc/rfc8288#section-3 */
function linkTo(relation: string, header: string): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g)) {
    const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? [];
    if ((quoted ?? plain)?.toLowerCase().split(/\s+/).includes(relation)) return target;
  }
  return undefined;
}
