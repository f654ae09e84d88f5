/**
 * The office's own endpoints, for programs in other processes and for people with curl.
 *
 * They are not part of any service: no limit, latency or fault touches them. What they offer is what the
 * Office object offers. Read next: office.ts.
 * @module
 */
import type { Reply } from './call.ts';
import type { Fault, FaultControl } from './faults.ts';
import type { Inspect } from './inspect.ts';
import type { OfficeDesk } from './server.ts';
import type { ServiceStats } from './service-host.ts';

/** Every endpoint, as `GET /` and the command line show them. */
export const endpoints: readonly string[] = [
  "GET    /sharepoint/_api/web/lists/getbytitle('{list}')/items?$filter=&$select=&$top=&$orderby=Id",
  "POST   /sharepoint/_api/web/lists/getbytitle('{list}')/items",
  "GET    /sharepoint/_api/web/lists/getbytitle('{list}')/items({id})",
  "POST   /sharepoint/_api/web/lists/getbytitle('{list}')/items({id})   X-HTTP-Method: MERGE | DELETE, If-Match",
  'GET    /dataverse/api/data/v9.2/{table}?$filter=&$select=&$top=      Prefer: odata.maxpagesize=50',
  'POST   /dataverse/api/data/v9.2/{table}                              Prefer: return=representation',
  "GET    /dataverse/api/data/v9.2/{table}({id} | {key}='{value}')      If-None-Match",
  "PATCH  /dataverse/api/data/v9.2/{table}({id} | {key}='{value}')      If-Match | If-None-Match: *",
  "DELETE /dataverse/api/data/v9.2/{table}({id} | {key}='{value}')      If-Match",
  'POST   /graph/v1.0/me/sendMail                                       Idempotency-Key',
  'POST   /teams/{team}/channels/{channel}/messages                     Idempotency-Key',
  'POST   /graph/v1.0/users                                             Idempotency-Key',
  'GET    /graph/v1.0/users/{id | userPrincipalName}',
  'DELETE /graph/v1.0/users/{id | userPrincipalName}',
  'POST   /sharepoint-admin/_api/SPSiteManager/create                   Idempotency-Key',
  "GET    /sharepoint-admin/_api/SPSiteManager/status?url='{address}'",
  'POST   /sharepoint-admin/_api/SPSiteManager/delete                   {"siteId": "…"}',
  'GET    /office/stats',
  'GET    /office/writes?key={idempotency key}',
  'GET    /office/faults',
  'POST   /office/faults                                                {"kind": "lostReply", "times": 1}',
  'DELETE /office/faults',
];

export function officeDesk(
  faults: FaultControl,
  inspect: Inspect,
  stats: () => Readonly<Record<string, ServiceStats>>,
): OfficeDesk {
  const routes: Readonly<Record<string, (url: URL, body: string) => Reply>> = {
    'GET /': () => ({ status: 200, body: { standIn: true, endpoints } }),
    'GET /office/stats': () => ({ status: 200, body: stats() }),
    'GET /office/writes': (url) => ({
      status: 200,
      body: inspect.writes(url.searchParams.get('key') ?? undefined),
    }),
    'GET /office/faults': () => ({ status: 200, body: listFaults(faults) }),
    'POST /office/faults': (_, body) => switchOn(faults, body),
    'DELETE /office/faults': () => {
      faults.clear();
      return { status: 204 };
    },
  };
  return (method, url, body) => routes[`${method} ${url.pathname}`]?.(url, body);
}

function listFaults(faults: FaultControl): unknown {
  return faults.list().map(({ fault, struck }) => ({ ...fault, struck }));
}

function switchOn(faults: FaultControl, body: string): Reply {
  try {
    faults.on(JSON.parse(body) as Fault);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 400, body: { error: { code: 'FaultInvalid', message } } };
  }
  return { status: 201, body: listFaults(faults) };
}
