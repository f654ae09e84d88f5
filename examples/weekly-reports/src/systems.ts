/**
 * The systems that the weekly reports touch, from the client's side. Both programs work through them.
 * @module
 */
import {
  type ListClient,
  type OfficeClient,
  officeClient,
  type TableClient,
} from '@runafter/example-office';
import { dataverseRows, httpDocumentStore } from '@runafter/http';
import type { DocumentStore } from '@runafter/optimistic';
import type { Counter, CounterValue, Customer, Report } from './report.ts';

/** Names of what the program configures. */
export const names = {
  list: 'Weekly Reports',
  customers: 'crm_customers',
  counters: 'crm_counters',
  counter: 'Reports processed',
} as const;

/** The singular, which is the name that most people try first. */
const mistakenTable = 'crm_customer';

/** The systems, connected. */
export interface Systems {
  /** The SharePoint list of the reports. */
  readonly reports: ListClient<Report>;
  /** The Dataverse table of the customers. It has no unique key, as most of its kind. */
  readonly customers: TableClient<Customer>;
  /** The Dataverse table with the number of reports that were processed. */
  readonly counters: TableClient<Counter>;
  /** The same rows as documents by their names, for update(). */
  readonly countersByName: DocumentStore<CounterValue>;
  readonly mail: OfficeClient['mail'];
  /** Aborted when the program is told to stop. */
  readonly signal: AbortSignal | undefined;
}

export interface ConnectOptions {
  /** Configure the name of a table that Dataverse does not have. Default false. */
  readonly fail?: boolean;
  /** Aborting it drops every call. */
  readonly signal?: AbortSignal;
}

/** Connects to the office at an address. Nothing is sent yet. */
export function connect(url: string, options: ConnectOptions = {}): Systems {
  const { fail = false, signal } = options;
  const connection = 'weekly-reports';
  const client = officeClient(url, { connection, ...(signal && { signal }) });
  const counterRows = dataverseRows({
    environment: `${url}/dataverse`,
    table: names.counters,
    alternateKey: 'crm_name',
    fields: ['crm_value', 'crm_lastaddition'],
    headers: { 'x-connection-id': connection },
  });
  return {
    reports: client.list(names.list),
    customers: client.table(fail ? mistakenTable : names.customers),
    counters: client.table(names.counters),
    countersByName: httpDocumentStore(counterRows),
    mail: client.mail,
    signal,
  };
}
