/**
 * The truth, read straight from the database: what tests and demos compare their own account with.
 *
 * Invariant: looking costs no call, waits for nothing and is never hit by a fault.
 * @module
 */
import type { ChatMessage, ChatService } from './chat.ts';
import type { Collection, Fields } from './collection.ts';
import { etagOf as rowEtag } from './dataverse-rows.ts';
import type { Directory, StoredAccount } from './directory.ts';
import type { Write } from './journal.ts';
import type { Mail, MailService } from './mail.ts';
import { etagOf as itemEtag } from './sharepoint.ts';
import type { Sites, StoredSite } from './sites.ts';
import type { CollectionKind, Store } from './store.ts';

/** A list item or a table row as it is stored. */
export interface Stored<Id extends number | string, T = Fields> {
  /** A whole number for a list item, a GUID for a row. */
  readonly id: Id;
  readonly etag: string;
  /** Without the columns that were never set. */
  readonly fields: T;
}

/** The services that know best what they have. */
export interface InspectedServices {
  readonly mail: MailService;
  readonly chat: ChatService;
  readonly directory: Directory;
  readonly sites: Sites;
}

export class Inspect {
  readonly #store: Store;
  readonly #services: InspectedServices;

  constructor(store: Store, services: InspectedServices) {
    this.#store = store;
    this.#services = services;
  }

  /** Titles of the SharePoint lists. */
  lists(): string[] {
    return this.#store.names('list');
  }

  /** Names of the Dataverse tables. */
  tables(): string[] {
    return this.#store.names('table');
  }

  /** Every item of a list, in order of Id. @throws {Error} when there is no such list. */
  items<T = Fields>(list: string): Stored<number, T>[] {
    return this.#collection('list', list)
      .page()
      .map((row) => ({ id: row.seq, etag: itemEtag(row), fields: row.fields as T }));
  }

  /** Every row of a table, in order of creation. @throws {Error} when there is no such table. */
  rows<T = Fields>(table: string): Stored<string, T>[] {
    return this.#collection('table', table)
      .page()
      .map((row) => ({ id: row.id, etag: rowEtag(row), fields: row.fields as T }));
  }

  /** Mails that were accepted, each once however often it was delivered. */
  mails(): Mail[] {
    return this.#services.mail.mails();
  }

  /** Chat messages that were accepted, each once however often it was delivered. */
  messages(): ChatMessage[] {
    return this.#services.chat.messages();
  }

  /** Accounts that are there, in order of creation. */
  accounts(): StoredAccount[] {
    return this.#services.directory.accounts();
  }

  /** Sites that are there, in order of creation. */
  sites(): StoredSite[] {
    return this.#services.sites.sites();
  }

  /** Every write that was accepted, or those under one idempotency key, oldest first. */
  writes(key?: string): Write[] {
    return this.#store.journal.writes(key);
  }

  /** How often something came of a write under this key; exactly once is 1. */
  effects(key: string): number {
    return this.writes(key).filter((write) => write.effect).length;
  }

  /** How often a write under this key arrived and was accepted, repetitions included. */
  deliveries(key: string): number {
    return this.writes(key).length;
  }

  #collection(kind: CollectionKind, name: string): Collection {
    const collection = this.#store.find(kind, name);
    if (collection) return collection;
    const names = this.#store.names(kind).join(', ') || 'none';
    throw new Error(`The office has no ${kind} "${name}"; it has: ${names}.`);
  }
}
