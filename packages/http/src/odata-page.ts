/**
 * Rows in a page of OData.
 * @module
 */
import { readProperty } from '@runafter/errors';
import type { HttpEntry, HttpReply } from './http-resource.ts';
import { etagInBody } from './reply-etag.ts';

/**
 * The rows of a page that have an ETag and a key.
 *
 * @param keyColumn - whose value is the key.
 */
export function entriesOfPage(page: HttpReply, keyColumn: string): HttpEntry[] {
  const rows = readProperty(page.json(), 'value');
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row) => {
    const key = readProperty(row, keyColumn);
    const etag = etagInBody(row);
    return etag === undefined || key === null || key === undefined
      ? []
      : [{ key: String(key), etag }];
  });
}

/** A text as OData writes it, for use in an address: `It's` → `'It''s'`, percent-encoded. */
export function quoted(text: string): string {
  return `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
}
