/**
 * How a Dataverse row is addressed in a path, read from a body, and shown in a reply.
 *
 * Invariant: what show() gives can be sent back as it is; annotations and the row's own id are
 * recognised and set apart. Read next: dataverse.ts.
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply } from './call.ts';
import type { Collection, Fields, Row } from './collection.ts';
import { type FilterValue, pick, type Query, readQuery, unquote } from './odata.ts';

const guidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const largestPage = 5000;
/** Of one row. */
const mostVersions = 1_000_000;

/** Where a row is: its id, or a column that is an alternate key. */
export type Address =
  | { readonly id: string }
  | { readonly column: string; readonly value: FilterValue };

/** As Dataverse counts versions over all rows, one that is created again under its key has another ETag. */
export function etagOf({ seq, version }: Row): string {
  return `W/"${seq * mostVersions + version}"`;
}

/** `crm_reports` → `crm_reportid`: the column of a table's id is named after one row. */
export function idColumn(table: string): string {
  return `${table.replace(/s$/, '')}id`;
}

export function entityId(table: Collection, row: Row, call: Call): string {
  return `${call.root}/api/data/v9.2/${table.name}(${row.id})`;
}

/** @throws {Refusal} 400 for what is neither a GUID nor a key of the table. */
export function readAddress(table: Collection, predicate: string): Address {
  if (guidPattern.test(predicate)) return { id: predicate.toLowerCase() };
  const match = /^(\w+)=(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?))$/.exec(predicate);
  const [, column = '', text, number] = match ?? [];
  if (!table.keys.includes(column)) {
    throw Refusal.badRequest(
      `"${predicate}" is neither a GUID nor an alternate key of ${table.name} ` +
        `(${table.keys.join(', ') || 'it has none'}).`,
    );
  }
  return { column, value: text === undefined ? Number(number) : unquote(text) };
}

export function findRow(table: Collection, address: Address): Row | undefined {
  return 'id' in address ? table.byId(address.id) : table.byKey(address.column, address.value);
}

/** @throws {Refusal} 400 for a column that the table does not have, or an id that is no GUID. */
export function readFields(table: Collection, call: Call): { id?: string; fields: Fields } {
  const fields: Fields = {};
  let id: string | undefined;
  for (const [name, value] of Object.entries(jsonBody(call))) {
    if (name.includes('@')) continue;
    if (name === idColumn(table.name)) {
      if (!guidPattern.test(String(value))) {
        throw Refusal.badRequest(`${name} must be a GUID, not "${value}".`);
      }
      id = String(value).toLowerCase();
    } else if (table.columns.includes(name)) {
      fields[name] = value;
    } else {
      throw new Refusal(
        400,
        '0x80048d19',
        `Error identified in Payload provided by the user for Entity :'${table.name}': ` +
          `the property '${name}' does not exist.`,
      );
    }
  }
  return id === undefined ? { fields } : { id, fields };
}

export function show(table: Collection, row: Row, select?: readonly string[]): Fields {
  const empty = Object.fromEntries(table.columns.map((column) => [column, null]));
  const shown = { '@odata.etag': etagOf(row), ...empty, ...row.fields };
  // Dataverse hands over the id whatever is selected.
  return { ...pick(shown, select), [idColumn(table.name)]: row.id };
}

/** One page: `$top` bounds the whole answer, `Prefer: odata.maxpagesize` bounds a page. */
export function readPage(table: Collection, call: Call): Reply {
  const query = readQueryOf(table, call);
  const wanted = /odata\.maxpagesize=(\d+)/.exec(preferences(call))?.[1];
  const size = Math.min(query.top ?? largestPage, Number(wanted) || largestPage, largestPage);
  const after = readSkiptoken(query.skiptoken);
  const { rows, next } = table.pageOf(size, { after, filter: query.filter });
  return {
    status: 200,
    headers: wanted ? { 'Preference-Applied': `odata.maxpagesize=${size}` } : {},
    body: {
      '@odata.context': `${call.root}/api/data/v9.2/$metadata#${table.name}`,
      value: rows.map((row) => show(table, row, query.select)),
      ...(next !== undefined && query.top === undefined && nextLink(call, next)),
    },
  };
}

export function readQueryOf(table: Collection, call: Call): Query {
  return readQuery(call, [idColumn(table.name), ...table.columns]);
}

export function prefers(call: Call, preference: string): boolean {
  return preferences(call).includes(preference);
}

function preferences(call: Call): string {
  return String(call.headers.prefer ?? '');
}

function nextLink(call: Call, last: number): Record<string, string> {
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', `<cookie last="${last}"/>`);
  return { '@odata.nextLink': `${call.root}${call.path}?${query}` };
}

function readSkiptoken(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^<cookie last="(\d+)"\/>$/.exec(token);
  if (!match) throw Refusal.badRequest('$skiptoken is not one that a next link gave.');
  return Number(match[1]);
}
