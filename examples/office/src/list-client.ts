/**
 * A SharePoint list from the client's side.
 * @module
 */
import { type Entity, type ReadOptions, readPages, toFilter, toStored } from './entities.ts';
import type { Stored } from './inspect.ts';
import type { CallOptions, Transport } from './transport.ts';

/** A SharePoint list; `T` is its columns. */
export interface ListClient<T> {
  /** The items in order of Id, read page by page. */
  items(options?: ReadOptions<T>): AsyncIterable<Stored<number, T>>;
  /** @throws {OfficeError} 404 */
  get(id: number, options?: CallOptions): Promise<Stored<number, T>>;
  create(fields: Partial<T>, options?: CallOptions): Promise<Stored<number, T>>;
  /**
   * Changes the named columns and leaves the others.
   *
   * @param etag - of the item as it was read; `'*'` overwrites whatever is there.
   * @returns the new ETag, so that whoever goes on writing need not read the item again.
   * @throws {OfficeError} 412: somebody else changed the item meanwhile; 404.
   */
  update(id: number, etag: string, fields: Partial<T>, options?: CallOptions): Promise<string>;
  /** @throws {OfficeError} 412, 404, as update(). */
  remove(id: number, etag: string, options?: CallOptions): Promise<void>;
}

export function listClient<T extends object>(
  send: Transport,
  url: string,
  title: string,
): ListClient<T> {
  const quoted = encodeURIComponent(title.replaceAll("'", "''"));
  const itemsUrl = `${url}/sharepoint/_api/web/lists/getbytitle('${quoted}')/items`;
  const errand = (verb: string, id?: number) => ({
    service: 'sharepoint' as const,
    verb,
    thing: id === undefined ? `items of the list "${title}"` : `item ${id} of the list "${title}"`,
  });
  const read = async (response: Response) =>
    toStored<number, T>((await response.json()) as Entity, 'Id');

  return {
    async *items({ where, pageSize, ...options } = {}) {
      const query = new URLSearchParams({
        $orderby: 'Id',
        ...(where && { $filter: toFilter(where) }),
        ...(pageSize !== undefined && { $top: String(pageSize) }),
      });
      for await (const item of readPages(send, `${itemsUrl}?${query}`, errand('read'), options)) {
        yield toStored<number, T>(item, 'Id');
      }
    },
    async get(id, options) {
      return read(await send(`${itemsUrl}(${id})`, errand('read', id), options));
    },
    async create(fields, options) {
      const request = { ...options, method: 'POST', body: fields };
      return read(await send(itemsUrl, errand('create'), request));
    },
    async update(id, etag, fields, options) {
      const response = await send(`${itemsUrl}(${id})`, errand('update', id), {
        ...options,
        method: 'POST',
        headers: { 'X-HTTP-Method': 'MERGE', 'If-Match': etag },
        body: fields,
      });
      return response.headers.get('etag') as string;
    },
    async remove(id, etag, options) {
      await send(`${itemsUrl}(${id})`, errand('delete', id), {
        ...options,
        method: 'POST',
        headers: { 'X-HTTP-Method': 'DELETE', 'If-Match': etag },
      });
    },
  };
}
