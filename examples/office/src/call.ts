/**
 * One call as the services see it: an HTTP request read to its end and stripped of the transport.
 *
 * Invariant: a service answers a call with a Reply or throws a Refusal; it never touches a socket, a
 * clock or a limit. Those belong to service-host.ts. Read next: sharepoint.ts, dataverse.ts.
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';

/** The services, in the order of the README. */
export const serviceNames = [
  'sharepoint',
  'dataverse',
  'mail',
  'chat',
  'directory',
  'sites',
] as const;

export type ServiceName = (typeof serviceNames)[number];

export interface Call {
  readonly service: ServiceName;
  /** Upper case; an `X-HTTP-Method` header on a POST has already replaced it. */
  readonly method: string;
  /** Decoded, below the service's root: `/_api/web/lists/getbytitle('Reports')/items(7)`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whom the limits count: `x-connection-id`, else the bearer token, else `anonymous`. */
  readonly connection: string;
  readonly idempotencyKey: string | undefined;
  /** The address of the service's root as the client sees it, for links in replies. */
  readonly root: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a reply without one has no body at all. */
  readonly body?: unknown;
}

/** The kinds of refusal for which every service has a code of its own. */
export type RefusalKind = 'badRequest' | 'throttled' | 'unavailable';

/** A service's no. The service that refuses also decides how its error body looks. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string | { readonly kind: RefusalKind };
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string | { readonly kind: RefusalKind },
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  static badRequest(message: string): Refusal {
    return new Refusal(400, { kind: 'badRequest' }, message);
  }

  static methodNotAllowed(call: Call, allow: string): Refusal {
    return new Refusal(
      405,
      { kind: 'badRequest' },
      `${call.method} is not offered at ${call.path}; use ${allow}.`,
      { Allow: allow },
    );
  }
}

export interface Service {
  /** What this service calls its own refusals. */
  readonly codes: Readonly<Record<RefusalKind, string>>;
  handle(call: Call): Reply;
  /** The service's own JSON shape of an error. */
  errorBody(code: string, message: string, call: Call): unknown;
}

export function isWrite(call: Call): boolean {
  return call.method !== 'GET';
}

/**
 * @throws {Refusal} 400 when the body is not a JSON object.
 */
export function jsonBody(call: Call): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(call.body);
  } catch {
    throw Refusal.badRequest('The body of the request is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw Refusal.badRequest('The body of the request must be a JSON object.');
  }
  return value as Record<string, unknown>;
}
