/**
 * Dataverse-like tables: rows by GUID or by alternate key, unique keys, conditional writes and upserts.
 *
 * Invariant: of two creates with the same key value one wins and the other is told so, because the
 * database keeps the key unique. Read next: dataverse-rows.ts for how a row is addressed and shown.
 * @see https://learn.microsoft.com/power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api
 * @module
 */
import { type Call, Refusal, type Reply, type Service } from './call.ts';
import { type Collection, DuplicateKey, type Row } from './collection.ts';
import {
  type Address,
  entityId,
  etagOf,
  findRow,
  prefers,
  readAddress,
  readFields,
  readPage,
  readQueryOf,
  show,
} from './dataverse-rows.ts';
import { namesEtag } from './odata.ts';
import type { Store } from './store.ts';

const tablePath = /^\/api\/data\/v9\.\d\/(\w+)(?:\((.+)\))?$/;

export class Dataverse implements Service {
  readonly codes = {
    badRequest: '0x80060888',
    throttled: '0x80072322',
    unavailable: '0x80040216',
  };
  readonly #store: Store;
  readonly #duplicateStatus: 409 | 412;

  /** @param duplicateStatus - see `OfficeOptions.duplicateStatus`. */
  constructor(store: Store, duplicateStatus: 409 | 412) {
    this.#store = store;
    this.#duplicateStatus = duplicateStatus;
  }

  handle(call: Call): Reply {
    const [, name = '', predicate] = tablePath.exec(call.path) ?? [];
    const table = this.#store.find('table', name);
    if (!table) throw unknownTable(call);
    try {
      const reply = predicate ? this.#row(table, predicate, call) : this.#rows(table, call);
      return { ...reply, headers: { 'OData-Version': '4.0', ...reply.headers } };
    } catch (error) {
      throw error instanceof DuplicateKey ? duplicate(this.#duplicateStatus) : error;
    }
  }

  errorBody(code: string, message: string): unknown {
    return { error: { code, message } };
  }

  #rows(table: Collection, call: Call): Reply {
    switch (call.method) {
      case 'GET':
        return readPage(table, call);
      case 'POST': {
        const { id, fields } = readFields(table, call);
        return this.#written('create', table, table.insert(fields, id), call);
      }
      default:
        throw Refusal.methodNotAllowed(call, 'GET, POST');
    }
  }

  #row(table: Collection, predicate: string, call: Call): Reply {
    const address = readAddress(table, predicate);
    const row = findRow(table, address);
    switch (call.method) {
      case 'GET':
        return read(table, address, row, call);
      case 'PATCH':
        return this.#upsert(table, address, row, call);
      case 'DELETE':
        if (!row) throw missingRow(table, address);
        requireMatch(row, call);
        table.remove(row);
        this.#store.journal.record(call, 'delete', `${table.name}(${row.id})`);
        return { status: 204 };
      default:
        throw Refusal.methodNotAllowed(call, 'GET, PATCH, DELETE');
    }
  }

  /** A PATCH creates the row when it is missing, unless a condition forbids it. */
  #upsert(table: Collection, address: Address, row: Row | undefined, call: Call): Reply {
    const { fields } = readFields(table, call);
    if (row) {
      // A failed precondition is always 412, whatever a duplicate record answers.
      if (call.headers['if-none-match']?.trim() === '*') throw duplicate(412);
      requireMatch(row, call);
      return this.#written('update', table, table.update(row, fields), call);
    }
    if (call.headers['if-match'] !== undefined) throw missingRow(table, address);
    const created =
      'id' in address
        ? table.insert(fields, address.id)
        : table.insert({ ...fields, [address.column]: address.value });
    return this.#written('create', table, created, call);
  }

  #written(operation: 'create' | 'update', table: Collection, row: Row, call: Call): Reply {
    this.#store.journal.record(call, operation, `${table.name}(${row.id})`);
    const headers = { 'OData-EntityId': entityId(table, row, call) };
    if (!prefers(call, 'return=representation')) return { status: 204, headers };
    return {
      status: operation === 'create' ? 201 : 200,
      headers: { ...headers, 'Preference-Applied': 'return=representation' },
      body: show(table, row),
    };
  }
}

/** What Dataverse answers when it has no table of this name; the `badTable` fault answers it too. */
export function unknownTable(call: Call): Refusal {
  const name = tablePath.exec(call.path)?.[1] ?? call.path;
  return new Refusal(404, '0x8006088a', `Resource not found for the segment '${name}'.`);
}

function read(table: Collection, address: Address, row: Row | undefined, call: Call): Reply {
  if (!row) throw missingRow(table, address);
  const headers = { ETag: etagOf(row) };
  const known = call.headers['if-none-match'];
  if (known !== undefined && namesEtag(known, etagOf(row))) return { status: 304, headers };
  return { status: 200, headers, body: show(table, row, readQueryOf(table, call).select) };
}

function requireMatch(row: Row, call: Call): void {
  const expected = call.headers['if-match'];
  if (expected === undefined || namesEtag(expected, etagOf(row))) return;
  throw new Refusal(
    412,
    '0x80060882',
    "The version of the existing record doesn't match the RowVersion property provided.",
  );
}

function missingRow(table: Collection, address: Address): Refusal {
  return 'id' in address
    ? new Refusal(
        404,
        '0x80040217',
        `Entity '${table.name}' With Id = ${address.id} Does Not Exist`,
      )
    : new Refusal(
        404,
        '0x80060891',
        `A record with the specified key values does not exist in ${table.name} entity`,
      );
}

function duplicate(status: 409 | 412): Refusal {
  return new Refusal(status, '0x80040237', 'A record with matching key values already exists.');
}
