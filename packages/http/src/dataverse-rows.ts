/**
 * The rows of a Dataverse table, each under its id or an alternate key.
 *
 * @see https://learn.microsoft.com/power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api
 * @module
 */
import { DocumentKeyError } from '@runafter/optimistic';
import { serviceErrorOf } from './http-errors.ts';
import type {
  HttpMeaning,
  HttpOperation,
  HttpReply,
  HttpResource,
  TokenProvider,
} from './http-resource.ts';
import { entriesOfPage, quoted } from './odata-page.ts';
import { type RowFieldOptions, rowFields } from './row-fields.ts';

/** Which rows, and which of their columns. */
export interface DataverseTableOptions extends RowFieldOptions {
  /** The address of the environment: `https://contoso.crm4.dynamics.com`. */
  readonly environment: string;
  /** The name of the table's entity set, such as `accounts`. */
  readonly table: string;
  /** The column of the row's id, such as `accountid`: keys are then GUIDs in lower case. */
  readonly idColumn?: string | undefined;
  /** Instead of it: a text column that is an alternate key of the table, whose values are then the keys. */
  readonly alternateKey?: string | undefined;
  /** Fetches the bearer token. */
  readonly token?: TokenProvider | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of the Web API. Default 'v9.2'. */
  readonly version?: string | undefined;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What Dataverse cannot find again in an alternate key. */
const notInKeys = /[/<>*%&:\\?+\p{Cc}]/u;

/** There is a table, and no such row in it: by id, by alternate key. */
const noSuchRow = new Set(['0x80040217', '0x80060891']);

/** Another row has the same value of a key; the status is that of an old ETag. */
const duplicate = new Set(['0x80040237', '0x80060892']);

/**
 * The rows of a table as documents, for {@link httpDocumentStore}.
 *
 * PATCH would create a row that is missing and change one that is there: `If-Match` and `If-None-Match: *`
 * make it one of the two.
 *
 * @example
 * const accounts = httpDocumentStore<Account>(
 *   dataverseRows({ environment, table: 'accounts', idColumn: 'accountid', fields: ['name'], token }),
 * );
 */
export function dataverseRows(options: DataverseTableOptions): HttpResource {
  const { environment, table, idColumn, alternateKey, token, headers, version = 'v9.2' } = options;
  const name = `Dataverse table "${table}"`;
  const rows = `${environment.replace(/\/+$/, '')}/api/data/${version}/${table}`;
  const { fields, readOnlyFields = [] } = options;
  const keyColumn = alternateKey ?? idColumn;
  // The key is in the address; in the body it would be one to change.
  const readOnly = [...readOnlyFields, ...(keyColumn === undefined ? [] : [keyColumn])];
  const selected = `$select=${fields.concat(readOnlyFields).join()}`;
  return {
    ...{ name, token, meaning, ...rowFields({ fields, readOnlyFields: readOnly }) },
    url: (key) => `${rows}(${addressOf(name, key, alternateKey)})?${selected}`,
    ...(keyColumn !== undefined && {
      list: {
        url: () => `${rows}?$select=${keyColumn}`,
        entries: (page) => entriesOfPage(page, keyColumn),
      },
    }),
    headers: {
      'odata-version': '4.0',
      'odata-maxversion': '4.0',
      prefer: 'return=representation,odata.maxpagesize=5000',
      ...headers,
    },
    replace: 'PATCH',
    create: 'PATCH',
  };
}

function addressOf(store: string, key: string, alternateKey: string | undefined): string {
  if (alternateKey === undefined) {
    if (guid.test(key)) return key;
    throw new DocumentKeyError(store, key, 'a row has a GUID for its id, written in lower case');
  }
  if (!notInKeys.test(key)) return `${alternateKey}=${quoted(key)}`;
  const problem =
    'Dataverse finds no row again by an alternate key with one of / < > * % & : \\ ? +';
  throw new DocumentKeyError(store, key, problem);
}

function meaning(reply: HttpReply, operation: HttpOperation): HttpMeaning {
  const { code = '' } = serviceErrorOf(reply);
  if (reply.status === 404) return noSuchRow.has(code) ? 'missing' : 'refused';
  // For a replacement it is about another row, and trying again would not help.
  return duplicate.has(code) && operation === 'replace' ? 'refused' : undefined;
}
