/**
 * The address in a URL or a connection string, so that a client can be led somewhere else.
 * @module
 */
import { FaultProxyError } from './fault-proxy-error.ts';

/** Where a service listens. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

/** `//host:port` in a URL, and `host,port` after `Server=` as SQL Server's clients write it. */
const inUrl = /(?<=\/\/(?:[^@/\s]*@)?)(\[[^\]]+\]|[^:/@,;\s[\]]+):(\d+)/;
const inServer = /(?<=(?:^|;)\s*(?:server|data source)\s*=\s*(?:tcp:)?)([^:,;\s]+),(\d+)/i;

/**
 * The first address in a text.
 *
 * @throws {FaultProxyError} `FAULT_PROXY_INVALID`: there is none with a port.
 */
export function addressIn(text: string): ServiceAddress {
  const [, host = '', port] = inUrl.exec(text) ?? inServer.exec(text) ?? [];
  if (port === undefined) {
    throw new FaultProxyError(
      'faultProxy: url names no host with a port. Write the port as well, such as ' +
        'redis://127.0.0.1:6379 or Server=127.0.0.1,1433.',
    );
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/** The text with another address in place of its first one. */
export function withAddress(text: string, { host, port }: ServiceAddress): string {
  return inUrl.test(text)
    ? text.replace(inUrl, `${host}:${port}`)
    : text.replace(inServer, `${host},${port}`);
}
