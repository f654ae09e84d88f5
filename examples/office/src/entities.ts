/**
 * What lists and tables have in common on the client's side: rows in JSON, and reading page by page.
 * @module
 */
import type { Stored } from './inspect.ts';
import type { Errand } from './office-error.ts';
import type { CallOptions, Transport } from './transport.ts';

/** Options of reading many rows. `T` is their columns. */
export interface ReadOptions<T> extends CallOptions {
  /** One column and the value that it must have. */
  readonly where?: Partial<T>;
  /** How many rows come with one call. Default: the service's (SharePoint 100, Dataverse 5,000). */
  readonly pageSize?: number;
}

/** A row as the services write it: its columns, its id among them, and annotations. */
export type Entity = Readonly<Record<string, unknown>>;

/** Sets the id and the ETag of a row apart from its columns. */
export function toStored<Id extends number | string, T>(
  entity: Entity,
  idColumn: string,
): Stored<Id, T> {
  const fields = Object.entries(entity).filter(
    ([name]) => name !== idColumn && !/@|^odata\./.test(name),
  );
  return {
    id: entity[idColumn] as Id,
    etag: (entity['@odata.etag'] ?? entity['odata.etag']) as string,
    fields: Object.fromEntries(fields) as T,
  };
}

/** Follows the next links; a page is asked for only when the one before it has been used up. */
export async function* readPages(
  send: Transport,
  firstUrl: string,
  errand: Omit<Errand, 'connection'>,
  options: CallOptions & { readonly headers?: Readonly<Record<string, string>> },
): AsyncGenerator<Entity> {
  let url: string | undefined = firstUrl;
  while (url !== undefined) {
    const response: Response = await send(url, errand, options);
    const page = (await response.json()) as Entity & { value: Entity[] };
    yield* page.value;
    url = (page['@odata.nextLink'] ?? page['odata.nextLink']) as string | undefined;
  }
}

/**
 * `{ Status: 'Pending' }` → `Status eq 'Pending'`, for `$filter`.
 *
 * @throws {TypeError} when it is not exactly one column: the services' stand-in compares one.
 */
export function toFilter(where: object): string {
  const [first, ...more] = Object.entries(where);
  if (!first || more.length > 0) {
    throw new TypeError(`where takes exactly one column, not ${JSON.stringify(where)}.`);
  }
  const [column, value] = first as [string, unknown];
  return `${column} eq ${typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value}`;
}
