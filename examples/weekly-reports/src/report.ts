/**
 * What the two programs work on: the columns in SharePoint, Dataverse and in the result.
 * @module
 */
import type { Stored } from '@runafter/example-office';

/** One item of the SharePoint list. */
export interface Report {
  readonly Title: string;
  /** The address of whoever gets the mail. */
  readonly AssignedTo: string;
  readonly Status: 'Pending' | 'Processing' | 'Complete' | 'Failed';
  /** The customer's record; set once the report is Complete. */
  readonly DataverseRecordId: string;
  /** Why it Failed; while it is Processing, which run works on it. */
  readonly ProcessingNotes: string;
  readonly Customer: string;
}

/** A report as it was read, with the ETag of that moment. */
export type ReportItem = Stored<number, Report>;

/** One row of the Dataverse table of customers: each customer should be there once. */
export interface Customer {
  readonly crm_name: string;
}

/** What changes of a counter. */
export interface CounterValue {
  readonly crm_value: number;
  /** The idempotency key of the last addition: whoever finds its own there has added already. */
  readonly crm_lastaddition?: string | null;
}

/** One row of the Dataverse table of counters. */
export interface Counter extends CounterValue {
  readonly crm_name: string;
}

/** One row of the collected result: how a report ended. */
export interface ResultRow {
  readonly Title: string;
  readonly Status: 'Complete' | 'Failed';
  /** The id of the customer's record, or why it Failed. */
  readonly Note: string;
}
