/**
 * A Dataverse table from the client's side.
 * @module
 */
import { idColumn } from './dataverse-rows.ts';
import { type Entity, type ReadOptions, readPages, toFilter, toStored } from './entities.ts';
import type { Stored } from './inspect.ts';
import type { CallOptions, Transport } from './transport.ts';

/** A Dataverse table; `T` is its columns. */
export interface TableClient<T> {
  /** The rows in order of creation, read page by page. */
  rows(options?: ReadOptions<T>): AsyncIterable<Stored<string, T>>;
  /** @throws {OfficeError} 404 */
  get(id: string, options?: CallOptions): Promise<Stored<string, T>>;
  /** The first row whose column has the value, or undefined. */
  find(where: Partial<T>, options?: CallOptions): Promise<Stored<string, T> | undefined>;
  /** @throws {OfficeError} 409: there is a row with the same key; 404: there is no such table. */
  create(fields: Partial<T>, options?: CallOptions): Promise<Stored<string, T>>;
  /**
   * Changes the named columns and leaves the others.
   *
   * @param etag - of the row as it was read; `'*'` overwrites whatever is there.
   * @returns the row as it is now.
   * @throws {OfficeError} 412: somebody else changed the row meanwhile; 404.
   */
  update(
    id: string,
    etag: string,
    fields: Partial<T>,
    options?: CallOptions,
  ): Promise<Stored<string, T>>;
  /** @throws {OfficeError} 412, 404, as update(). */
  remove(id: string, etag: string, options?: CallOptions): Promise<void>;
}

export function tableClient<T extends object>(
  send: Transport,
  url: string,
  table: string,
): TableClient<T> {
  const rowsUrl = `${url}/dataverse/api/data/v9.2/${encodeURIComponent(table)}`;
  const errand = (verb: string, id?: string) => ({
    service: 'dataverse' as const,
    verb,
    table,
    thing: id === undefined ? `rows of the table "${table}"` : `row ${id} of the table "${table}"`,
  });
  const toRow = (entity: Entity) => toStored<string, T>(entity, idColumn(table));
  const read = async (response: Response) => toRow((await response.json()) as Entity);
  const representation = { Prefer: 'return=representation' };

  async function* rows({ where, pageSize, ...options }: ReadOptions<T> = {}) {
    const query = where ? `?${new URLSearchParams({ $filter: toFilter(where) })}` : '';
    const headers = pageSize === undefined ? {} : { Prefer: `odata.maxpagesize=${pageSize}` };
    const pages = readPages(send, rowsUrl + query, errand('read'), { ...options, headers });
    for await (const entity of pages) yield toRow(entity);
  }

  return {
    rows,
    async get(id, options) {
      return read(await send(`${rowsUrl}(${id})`, errand('read', id), options));
    },
    async find(where, options) {
      for await (const row of rows({ ...options, where, pageSize: 1 })) return row;
      return undefined;
    },
    async create(fields, options) {
      const request = { ...options, method: 'POST', headers: representation, body: fields };
      return read(await send(rowsUrl, errand('create'), request));
    },
    async update(id, etag, fields, options) {
      const request = {
        ...options,
        method: 'PATCH',
        headers: { ...representation, 'If-Match': etag },
        body: fields,
      };
      return read(await send(`${rowsUrl}(${id})`, errand('update', id), request));
    },
    async remove(id, etag, options) {
      const request = { ...options, method: 'DELETE', headers: { 'If-Match': etag } };
      await send(`${rowsUrl}(${id})`, errand('delete', id), request);
    },
  };
}
