/**
 * The part of OData that both SharePoint and Dataverse speak here: query options and ETag conditions.
 *
 * Invariant: an option or expression that is not offered is refused, never silently ignored, so that a
 * client cannot believe that it got a filtered answer. Read next: sharepoint.ts, dataverse.ts.
 * @module
 */
import { type Call, Refusal } from './call.ts';

export type FilterValue = string | number | boolean;

export interface Query {
  readonly filter: { readonly column: string; readonly value: FilterValue } | undefined;
  readonly select: readonly string[] | undefined;
  readonly top: number | undefined;
  readonly skiptoken: string | undefined;
}

const offered = new Set(['$filter', '$select', '$top', '$skiptoken', '$orderby']);

/**
 * @param call - the call whose query string is read.
 * @param columns - every column that may be named; `$orderby` takes the first one only, ascending.
 * @throws {Refusal} 400 for an option, a column or an expression that is not offered.
 */
export function readQuery(call: Call, columns: readonly string[]): Query {
  for (const name of call.query.keys()) {
    if (name.startsWith('$') && !offered.has(name)) {
      throw Refusal.badRequest(`The query option ${name} is not offered here.`);
    }
  }
  const select = call.query
    .get('$select')
    ?.split(',')
    .map((column) => column.trim());
  for (const column of select ?? []) requireColumn(column, columns);
  requireOrder(call.query.get('$orderby'), columns[0]);
  return {
    filter: readFilter(call.query.get('$filter'), columns),
    select,
    top: readTop(call.query.get('$top')),
    skiptoken: call.query.get('$skiptoken') ?? undefined,
  };
}

/** Keeps the selected columns and every annotation (their names have an `@` or begin with `odata.`). */
export function pick(
  row: Readonly<Record<string, unknown>>,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name]) =>
        !select || select.includes(name) || name.includes('@') || name.startsWith('odata.'),
    ),
  );
}

/** `'It''s'` as OData writes a string → `It's`. */
export function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'");
}

/**
 * Whether an `If-Match` or `If-None-Match` header names the ETag. Weak and strong forms are the same
 * here: both services use weak ETags for conditional writes.
 */
export function namesEtag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  const opaque = (tag: string): string => tag.replace(/^W\//, '');
  // An ETag may contain a comma between its quotes, so the list cannot be split at commas.
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => opaque(tag) === opaque(etag));
}

function readFilter(text: string | null, columns: readonly string[]): Query['filter'] {
  if (text === null) return undefined;
  const match = /^\s*(\w+) eq (?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|(true|false))\s*$/.exec(text);
  if (!match) {
    throw Refusal.badRequest(`The filter "${text}" is not offered here: use Column eq 'value'.`);
  }
  const [, column = '', string, number, boolean] = match;
  requireColumn(column, columns);
  if (string !== undefined) return { column, value: unquote(string) };
  return { column, value: number === undefined ? boolean === 'true' : Number(number) };
}

function readTop(text: string | null): number | undefined {
  if (text === null) return undefined;
  const top = Number(text);
  if (!Number.isSafeInteger(top) || top < 1) {
    throw Refusal.badRequest(`$top must be a whole number from 1, not "${text}".`);
  }
  return top;
}

function requireOrder(text: string | null, first: string | undefined): void {
  if (text === null || text === first || text === `${first} asc`) return;
  throw Refusal.badRequest(`$orderby "${text}" is not offered here: use ${first}.`);
}

function requireColumn(column: string, columns: readonly string[]): void {
  if (columns.includes(column)) return;
  throw Refusal.badRequest(`Could not find a property named '${column}'.`);
}
