import { onTestFinished } from 'vitest';
import { type Office, type OfficeOptions, startOffice } from '../src/index.ts';

/** An office without limits and latencies, except those that the test asks for; closed after the test. */
export async function quietOffice(options: OfficeOptions = {}): Promise<Office> {
  const quiet = { limit: 'off', latency: 'off' } as const;
  const office = await startOffice({
    ...options,
    sharepoint: { ...quiet, ...options.sharepoint },
    dataverse: { ...quiet, ...options.dataverse },
    mail: { ...quiet, ...options.mail },
    chat: { ...quiet, ...options.chat },
    directory: { ...quiet, ...options.directory },
    sites: { ...quiet, ...options.sites },
  });
  onTestFinished(() => office.close());
  return office;
}

/** The path of the items of a list. */
export function itemsOf(office: Office, list = 'Reports'): string {
  return `${office.url}/sharepoint/_api/web/lists/getbytitle('${encodeURIComponent(list)}')/items`;
}

/** The path of a table. */
export function rowsOf(office: Office, table = 'crm_customers'): string {
  return `${office.url}/dataverse/api/data/v9.2/${table}`;
}

/** A page of rows, as either service spells it. */
export interface Page {
  readonly value: Record<string, unknown>[];
  readonly 'odata.nextLink'?: string;
  readonly '@odata.nextLink'?: string;
}

/** The error of Dataverse, Outlook and Teams. */
export interface ErrorReply {
  readonly error: { readonly code: string; readonly message: string };
}

/** The body of a reply. */
export async function jsonOf<T = Record<string, unknown>>(
  response: Response | Promise<Response>,
): Promise<T> {
  return (await (await response).json()) as T;
}

/** Sends JSON. */
export function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
