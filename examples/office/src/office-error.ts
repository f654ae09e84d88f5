/**
 * What the client throws: one class, with the facts that a caller or a retry policy decides by.
 *
 * Invariant: every message names the thing it is about and says what to do next.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { ServiceName } from './call.ts';

/** What a call was for, in words, so that its failure can be told in words. */
export interface Errand {
  readonly service: ServiceName;
  /** `update`, `create`, `send`; it follows "could not". */
  readonly verb: string;
  /** `item 7 of the list "Reports"`. */
  readonly thing: string;
  /** The Dataverse table, when there is one. */
  readonly table?: string;
  readonly connection: string;
}

/** The facts of a failure. */
export interface Failure {
  /** HTTP status; undefined when no reply came. */
  readonly status?: number | undefined;
  /** The service's code, such as `0x80040237`, or the system's, such as `ECONNRESET`. */
  readonly code: string;
  /** What the service said. */
  readonly reason: string;
  /** Milliseconds that the service asks the caller to stay away. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** A call to the office that failed. */
export class OfficeError extends Error {
  override readonly name = 'OfficeError';
  readonly service: ServiceName;
  /** HTTP status; undefined when no reply came, and then a write may have gone through. */
  readonly status: number | undefined;
  readonly code: string;
  /** Milliseconds; a retry policy obeys it. */
  readonly retryAfter: number | undefined;

  constructor(errand: Errand, failure: Failure) {
    super(explain(errand, failure), { cause: failure.cause });
    this.service = errand.service;
    this.status = failure.status;
    this.code = failure.code;
    this.retryAfter = failure.retryAfter;
  }
}

const names: Readonly<Record<ServiceName, string>> = {
  sharepoint: 'SharePoint',
  dataverse: 'Dataverse',
  mail: 'Outlook',
  chat: 'Teams',
  directory: 'Entra ID',
  sites: 'SharePoint',
};

function explain(errand: Errand, { status, code, reason, retryAfter }: Failure): string {
  const { verb, thing, table, connection } = errand;
  const service = names[errand.service];
  if (status === undefined) {
    return (
      `The connection to ${service} was lost before it answered whether it could ${verb} ${thing} ` +
      `(${code}). A write may have gone through: look before you repeat it, or repeat it with the ` +
      'same idempotency key.'
    );
  }
  if (code === '0x8006088a') {
    return (
      `${service} has no table "${table}" (404, ${code}). ` +
      'Check the name: it is the plural one, and upper and lower case differ.'
    );
  }
  if (code === '0x80040237') {
    return (
      `${service} already has a row with this key in "${table}" (${status}, ${code}). ` +
      'Read that row by its key instead of creating another.'
    );
  }
  if (status === 412) {
    return (
      `${service} could not ${verb} ${thing}, because somebody else changed it since it was read ` +
      '(412). Read it again, repeat the change on what is there now, and write with the new ETag.'
    );
  }
  if (retryAfter !== undefined) {
    return (
      `${service} throttles the connection "${connection}" and did not ${verb} ${thing} ` +
      `(${status}). Try again in ${formatDuration(retryAfter)}.`
    );
  }
  return `${service} could not ${verb} ${thing} (${status}, ${code}): ${reason}`;
}
