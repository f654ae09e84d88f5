/**
 * Documents of the suite in the office: parcels as items of a list, and as rows of a table.
 *
 * The suite has keys of its own. An item's key is the id that SharePoint gives it, so a directory says
 * which id an item of the suite has.
 * @module
 */
import type { Office } from '@runafter/example-office';
import { dataverseRows, type HttpResource, sharePointListItems } from '@runafter/http';

const fields = ['count', 'note'];

/** Ids of items by the keys of the suite. */
export type Directory = Map<string, string>;

/** An id that no item has. */
const nobody = '999999';

export function reportItems(url: string, list: string, directory: Directory): HttpResource {
  const items = sharePointListItems({ site: `${url}/sharepoint`, list, fields });
  const { url: addressOf, list: listing } = items;
  if (typeof addressOf !== 'function' || listing === undefined)
    throw new Error('The preset changed.');
  return {
    ...items,
    url: (key, operation) => addressOf(directory.get(key) ?? nobody, operation),
    list: {
      ...listing,
      *entries(page) {
        for (const { key: id, etag } of listing.entries(page)) {
          for (const [key, of] of directory) if (of === id) yield { key, etag };
        }
      },
    },
  };
}

export function parcelRows(url: string, table: string, pageSize: number): HttpResource {
  return dataverseRows({
    environment: `${url}/dataverse`,
    ...{ table, fields, alternateKey: 'name' },
    headers: { prefer: `return=representation,odata.maxpagesize=${pageSize}` },
  });
}

export function createParcelList(office: Office, list: string): void {
  office.createList(list, fields);
}

export function createParcelTable(office: Office, table: string): void {
  office.createTable(table, ['name', ...fields], { keys: ['name'] });
}
