/**
 * HTTP: reads a request to its end, finds whose call it is, writes the reply or cuts the connection.
 *
 * Invariant: closing is immediate. Every wait of a call in hand ends, every socket is destroyed, and
 * what such a call still wanted to answer goes nowhere. Read next: service-host.ts.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, Reply, ServiceName } from './call.ts';
import { isAccountPath } from './directory.ts';
import { cut, type ServiceHost } from './service-host.ts';

/** The first part of a path says whose call it is; Graph has two services, told apart by the rest. */
const roots: Readonly<Record<string, (rest: string) => ServiceName>> = {
  sharepoint: () => 'sharepoint',
  'sharepoint-admin': () => 'sites',
  dataverse: () => 'dataverse',
  graph: (rest) => (isAccountPath(rest) ? 'directory' : 'mail'),
  teams: () => 'chat',
};

const largestBody = 1024 * 1024;

/** Answers what belongs to no service; undefined means that there is nothing at this path. */
export type OfficeDesk = (method: string, url: URL, body: string) => Reply | undefined;

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param port - 0 takes any that is free.
 * @throws {RangeError} when it is no port.
 * @throws {Error} when it is taken.
 */
export async function startServer(
  port: number,
  hosts: Readonly<Record<ServiceName, ServiceHost>>,
  desk: OfficeDesk,
): Promise<RunningServer> {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new RangeError(`port must be a whole number from 0 to 65535, not ${port}.`);
  }
  const closing = new AbortController();
  const server = createServer(async (request, response) => {
    try {
      const reply = await answer(request, hosts, desk, closing.signal);
      if (reply === cut) request.socket.resetAndDestroy();
      else send(response, reply);
    } catch (error) {
      if (closing.signal.aborted || request.destroyed || response.headersSent) response.destroy();
      else send(response, broken(error));
    }
  });
  await listen(server, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort(new Error('The office is closed.'));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      const message = `The office cannot listen on port ${port} (${cause.message}).`;
      reject(new Error(`${message} Choose another, or 0 for any that is free.`, { cause }));
    };
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  hosts: Readonly<Record<ServiceName, ServiceHost>>,
  desk: OfficeDesk,
  signal: AbortSignal,
): Promise<Reply | typeof cut> {
  const body = await readBody(request);
  if (body === undefined) return notServed(413, `The body is larger than ${largestBody} bytes.`);
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const path = decode(url.pathname);
  if (path === undefined) return notServed(400, `The path ${url.pathname} is not encoded rightly.`);
  const [, root = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
  const service = Object.hasOwn(roots, root) ? roots[root]?.(rest) : undefined;
  if (!service) {
    const reply = desk(request.method ?? 'GET', url, body);
    return reply ?? notServed(404, `There is nothing at ${path}. GET / lists what there is.`);
  }
  return hosts[service].serve(
    toCall(request, service, url, `${url.origin}/${root}`, rest, body),
    signal,
  );
}

function toCall(
  request: IncomingMessage,
  service: ServiceName,
  url: URL,
  root: string,
  path: string,
  body: string,
): Call {
  const { headers, method = 'GET' } = request;
  const tunnelled = method === 'POST' ? header(request, 'x-http-method') : undefined;
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return {
    service,
    method: (tunnelled ?? method).toUpperCase(),
    path,
    query: url.searchParams,
    headers,
    body,
    connection: header(request, 'x-connection-id') ?? bearer ?? 'anonymous',
    idempotencyKey: header(request, 'idempotency-key'),
    root,
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

/** @returns undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  return size <= largestBody ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    ...(body !== undefined && { 'Content-Type': 'application/json; charset=utf-8' }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function notServed(status: number, message: string): Reply {
  return { status, body: { error: { code: 'OfficeRequestInvalid', message } } };
}

function broken(error: unknown): Reply {
  const message = `The office itself is broken: ${error instanceof Error ? error.stack : error}`;
  return { status: 500, body: { error: { code: 'OfficeBroken', message } } };
}
