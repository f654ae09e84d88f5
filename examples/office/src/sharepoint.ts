/**
 * SharePoint-like lists: items with an ETag, updated by POST with `X-HTTP-Method: MERGE` and `If-Match`.
 *
 * Invariant: an update or delete without `If-Match` is refused, and one with an ETag that is no longer
 * the item's changes nothing and answers 412. Read next: odata.ts, collection.ts.
 * @see https://learn.microsoft.com/sharepoint/dev/sp-add-ins/working-with-lists-and-list-items-with-rest
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply, type Service } from './call.ts';
import type { Collection, Fields, Row } from './collection.ts';
import { namesEtag, pick, type Query, readQuery, unquote } from './odata.ts';
import type { Store } from './store.ts';

const itemsPath = /^\/_api\/web\/lists\/getbytitle\(('(?:[^']|'')+')\)\/items(?:\((\d+)\))?$/i;
const defaultPage = 100;
const largestPage = 5000;

export class SharePoint implements Service {
  readonly codes = {
    badRequest: '-1, Microsoft.SharePoint.Client.InvalidClientQueryException',
    throttled: '-1, Microsoft.SharePoint.SPException',
    unavailable: '-1, Microsoft.SharePoint.SPException',
  };
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  handle(call: Call): Reply {
    const match = itemsPath.exec(call.path);
    if (!match) {
      throw new Refusal(
        404,
        '-1, Microsoft.SharePoint.Client.ResourceNotFoundException',
        `Cannot find resource for the request ${call.path}.`,
      );
    }
    const [, title = '', id] = match;
    const list = this.#list(unquote(title), call);
    if (id !== undefined) return this.#item(list, Number(id), call);
    switch (call.method) {
      case 'GET':
        return this.#page(list, call);
      case 'POST':
        return this.#create(list, call);
      default:
        throw Refusal.methodNotAllowed(call, 'GET, POST');
    }
  }

  errorBody(code: string, message: string, call: Call): unknown {
    const name = annotations(call) === 'v4' ? 'error' : 'odata.error';
    return { [name]: { code, message: { lang: 'en-US', value: message } } };
  }

  #list(title: string, call: Call): Collection {
    const list = this.#store.find('list', title);
    if (list) return list;
    throw new Refusal(
      404,
      '-1, System.ArgumentException',
      `List '${title}' does not exist at site with URL '${call.root}'.`,
    );
  }

  #page(list: Collection, call: Call): Reply {
    const query = readQuery(call, ['Id', ...list.columns]);
    const size = Math.min(query.top ?? defaultPage, largestPage);
    const after = readSkiptoken(query.skiptoken);
    const { rows, next } = list.pageOf(size, { after, filter: query.filter });
    return {
      status: 200,
      body: {
        value: rows.map((row) => show(list, row, call, query)),
        ...(next !== undefined && nextLink(call, next)),
      },
    };
  }

  #create(list: Collection, call: Call): Reply {
    const row = list.insert(readFields(list, call));
    this.#store.journal.record(call, 'create', `${list.name}(${row.seq})`);
    return { status: 201, headers: { ETag: etagOf(row) }, body: show(list, row, call) };
  }

  #item(list: Collection, id: number, call: Call): Reply {
    const row = list.bySeq(id);
    if (!row) {
      throw new Refusal(
        404,
        '-2130575338, System.ArgumentException',
        'Item does not exist. It may have been deleted by another user.',
      );
    }
    switch (call.method) {
      case 'GET':
        return {
          status: 200,
          headers: { ETag: etagOf(row) },
          body: show(list, row, call, readQuery(call, ['Id', ...list.columns])),
        };
      case 'MERGE':
      case 'PATCH': {
        requireMatch(row, call);
        const updated = list.update(row, readFields(list, call));
        this.#store.journal.record(call, 'update', `${list.name}(${id})`);
        return { status: 204, headers: { ETag: etagOf(updated) } };
      }
      case 'DELETE':
        requireMatch(row, call);
        list.remove(row);
        this.#store.journal.record(call, 'delete', `${list.name}(${id})`);
        return { status: 200 };
      default:
        throw Refusal.methodNotAllowed(call, 'GET, MERGE, PATCH, DELETE');
    }
  }
}

export function etagOf(row: Row): string {
  return `"${row.id},${row.version}"`;
}

function requireMatch(row: Row, call: Call): void {
  const expected = call.headers['if-match'];
  if (expected === undefined) {
    throw Refusal.badRequest(
      'The If-Match header is missing: send the ETag of the item, or * to overwrite any change.',
    );
  }
  if (namesEtag(expected, etagOf(row))) return;
  throw new Refusal(
    412,
    '-1, Microsoft.SharePoint.Client.ClientServiceException',
    `The request ETag value '${expected}' does not match the object's ETag value '${etagOf(row)}'.`,
  );
}

function readFields(list: Collection, call: Call): Fields {
  // Clients may name the item's type, and a client that sends back what it read sends annotations.
  const fields = Object.entries(jsonBody(call)).filter(
    ([name]) => name !== '__metadata' && name !== 'Id' && !/@|^odata\./.test(name),
  );
  for (const [name] of fields) {
    if (!list.columns.includes(name)) {
      throw Refusal.badRequest(
        `The property '${name}' does not exist on type 'SP.Data.${list.name}ListItem'. ` +
          'Make sure to only use property names that are defined by the type.',
      );
    }
  }
  return Object.fromEntries(fields);
}

function show(list: Collection, row: Row, call: Call, query?: Query): Fields {
  const empty = Object.fromEntries(list.columns.map((column) => [column, null]));
  const item = { Id: row.seq, ...empty, ...row.fields };
  switch (annotations(call)) {
    case 'none':
      return pick(item, query?.select);
    case 'v4':
      return pick({ '@odata.etag': etagOf(row), ...item }, query?.select);
    default:
      return pick({ 'odata.etag': etagOf(row), ...item }, query?.select);
  }
}

/** SharePoint decides by the Accept header how much metadata a reply carries, and how it is spelt. */
function annotations(call: Call): 'v3' | 'v4' | 'none' {
  const accept = call.headers.accept ?? '';
  if (/odata(\.metadata)?=none|odata=nometadata/i.test(accept)) return 'none';
  return /odata\.metadata=/i.test(accept) ? 'v4' : 'v3';
}

function nextLink(call: Call, lastId: number): Record<string, string> {
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', `Paged=TRUE&p_ID=${lastId}`);
  const name = annotations(call) === 'v4' ? '@odata.nextLink' : 'odata.nextLink';
  return { [name]: `${call.root}${encodeURI(call.path)}?${query}` };
}

function readSkiptoken(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^Paged=TRUE&p_ID=(\d+)$/.exec(token);
  if (!match) throw Refusal.badRequest('$skiptoken is not one that a next link gave.');
  return Number(match[1]);
}
