/**
 * Entra-ID-like accounts, as Microsoft Graph has them: one for each user principal name.
 *
 * Invariant: of two creates with the same name one wins and the other is told so, because the database
 * keeps the name unique; a repeated delivery is recognised by its key. Read next: insert-once.ts.
 * @see https://learn.microsoft.com/graph/api/user-post-users
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply, type Service } from './call.ts';
import { type Collection, DuplicateKey, type Fields, type Row } from './collection.ts';
import { insertOnce } from './insert-once.ts';
import type { Store } from './store.ts';

/** An account of the directory. */
export interface Account {
  /** The name that its holder signs in with: `ada@example.com`. Each exists once. */
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly employeeId: string;
  readonly department: string;
  /** Graph's `extensionAttribute1`, which the directory does not look at: here, which operation has made it. */
  readonly madeBy?: string;
}

/** An account as it is stored. */
export interface StoredAccount extends Account {
  readonly id: string;
}

const accountPath = /^\/v1\.0\/users(?:\/([^/]+))?$/;
const columns = ['userPrincipalName', 'displayName', 'employeeId', 'department', 'madeBy'] as const;

/** Whether a path of Graph is that of accounts. */
export function isAccountPath(path: string): boolean {
  return accountPath.test(path);
}

export class Directory implements Service {
  readonly codes = {
    badRequest: 'Request_BadRequest',
    throttled: 'TooManyRequests',
    unavailable: 'serviceNotAvailable',
  };
  readonly #store: Store;
  readonly #accounts: Collection;

  constructor(store: Store) {
    this.#store = store;
    this.#accounts =
      store.find('registry', 'accounts') ??
      store.create('registry', 'accounts', { columns, keys: ['userPrincipalName'] });
  }

  handle(call: Call): Reply {
    const [, address] = accountPath.exec(call.path) ?? [];
    if (address === undefined) {
      if (call.method !== 'POST') throw Refusal.methodNotAllowed(call, 'POST');
      return this.#create(call);
    }
    if (call.method !== 'GET' && call.method !== 'DELETE') {
      throw Refusal.methodNotAllowed(call, 'GET, DELETE');
    }
    const row = this.#accounts.byId(address) ?? this.#accounts.byKey('userPrincipalName', address);
    if (!row) throw missing(address);
    if (call.method === 'GET') return { status: 200, body: show(row) };
    this.#accounts.remove(row);
    this.#store.journal.record(call, 'delete', row.id);
    return { status: 204 };
  }

  errorBody(code: string, message: string): unknown {
    return { error: { code, message } };
  }

  /** Those that are there, in order of creation. */
  accounts(): StoredAccount[] {
    return this.#accounts
      .page()
      .map(({ id, fields }) => ({ id, ...(fields as unknown as Account) }));
  }

  #create(call: Call): Reply {
    try {
      return { status: 201, body: show(insertOnce(this.#store, this.#accounts, call, read(call))) };
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      throw Refusal.badRequest(
        'Another object with the same value for property userPrincipalName already exists.',
      );
    }
  }
}

function read(call: Call): Fields {
  const body = jsonBody(call);
  const { userPrincipalName, displayName, employeeId = '', department = '' } = body;
  if (typeof userPrincipalName !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(userPrincipalName)) {
    throw Refusal.badRequest("Invalid value specified for property 'userPrincipalName'.");
  }
  if (typeof displayName !== 'string' || displayName === '') {
    throw Refusal.badRequest("Invalid value specified for property 'displayName'.");
  }
  const attributes = body.onPremisesExtensionAttributes as Fields | undefined;
  const madeBy = attributes?.extensionAttribute1;
  const fields = { userPrincipalName, displayName, employeeId, department };
  return madeBy === undefined ? fields : { ...fields, madeBy };
}

function show({ id, fields: { madeBy, ...fields } }: Row): Fields {
  return { id, ...fields, onPremisesExtensionAttributes: { extensionAttribute1: madeBy ?? null } };
}

function missing(address: string): Refusal {
  return new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${address}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
