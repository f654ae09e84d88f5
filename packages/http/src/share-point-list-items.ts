/**
 * The items of a SharePoint list, each under its id.
 *
 * @see https://learn.microsoft.com/sharepoint/dev/sp-add-ins/working-with-lists-and-list-items-with-rest
 * @module
 */
import { DocumentKeyError } from '@runafter/optimistic';
import { serviceErrorOf } from './http-errors.ts';
import type { HttpMeaning, HttpReply, HttpResource, TokenProvider } from './http-resource.ts';
import { entriesOfPage, quoted } from './odata-page.ts';
import { type RowFieldOptions, rowFields } from './row-fields.ts';

/** Which items, and which of their fields. */
export interface SharePointListOptions extends RowFieldOptions {
  /** The address of the site: `https://contoso.sharepoint.com/sites/reports`. */
  readonly site: string;
  /** The title of the list. */
  readonly list: string;
  /** Fetches the bearer token of an app or a user. With one, no request digest is needed. */
  readonly token?: TokenProvider | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** `-2130575338, …`: there is a list, and no such item in it. */
const noSuchItem = /^-2130575338\b/;

/**
 * The items of a list as documents, for {@link httpDocumentStore}: the key is an item's id, such as `'7'`.
 *
 * An item is replaced by a POST with `X-HTTP-Method: MERGE`. It cannot be created here, because SharePoint
 * chooses the id.
 *
 * @example
 * const reports = httpDocumentStore<Report>(
 *   sharePointListItems({ site, list: 'Reports', fields: ['Title', 'Status'], token }),
 * );
 * await update(reports, '7', (report) => report && { ...report, Status: 'Complete' });
 */
export function sharePointListItems(options: SharePointListOptions): HttpResource {
  const { site, list, token, headers } = options;
  const name = `SharePoint list "${list}"`;
  const items = `${site.replace(/\/+$/, '')}/_api/web/lists/getbytitle(${quoted(list)})/items`;
  const select = [...options.fields, ...(options.readOnlyFields ?? [])].join();
  return {
    ...{ name, token, meaning, ...rowFields(options) },
    url(key, operation) {
      if (!/^[1-9]\d{0,9}$/.test(key)) {
        throw new DocumentKeyError(name, key, 'an item has a number for its id, such as "7"');
      }
      const query = operation === 'read' ? `?${new URLSearchParams({ $select: select })}` : '';
      return `${items}(${key})${query}`;
    },
    list: {
      url: () => `${items}?${new URLSearchParams({ $select: 'Id', $orderby: 'Id', $top: '5000' })}`,
      entries: (page) => entriesOfPage(page, 'Id'),
    },
    headers: { accept: 'application/json;odata=minimalmetadata', ...headers },
    replace: 'MERGE',
    create: false,
  };
}

/** A list that is not there is 404 as well, and no reason to think that an item was removed. */
function meaning(reply: HttpReply): HttpMeaning {
  if (reply.status !== 404) return undefined;
  return noSuchItem.test(serviceErrorOf(reply).code ?? '') ? 'missing' : 'refused';
}
