/**
 * What users hand over as their client, and what every connection of this package does with the `mssql`
 * package: load it, read options, add parameters.
 *
 * Invariant: every value travels as a parameter, never as part of the SQL.
 * @module
 */
import { readProperty, ServiceClientMissingError, ServiceRefusedError } from '@runafter/errors';
import type { ConnectionPool, config as PoolConfig, Request } from 'mssql';

/**
 * A connected pool of yours, which stays yours; or how to connect, as options of `mssql` or as a connection
 * string: then a pool is made at the first call, and closed by `close()`.
 */
export type MssqlClient = ConnectionPool | PoolConfig | string;

/**
 * A parameter: a text of at most so many characters (`max` is more than 4,000), or a bigint. The length
 * is that of the column, not of the value, so that the server keeps one plan for all values.
 */
export type Parameter =
  | { readonly text: string | null; readonly length: number | 'max' }
  | { readonly bigint: bigint | null };

/** By their names, without the `@`. */
export type BatchParameters = Readonly<Record<string, Parameter>>;

export type Mssql = typeof import('mssql');

export function isPool(client: MssqlClient): client is ConnectionPool {
  return typeof readProperty(client, 'request') === 'function';
}

/** @throws {ServiceClientMissingError} `SERVICE_CLIENT_MISSING` */
export async function loadMssql(service: string): Promise<Mssql> {
  const { default: mssql } = await import('mssql').catch((cause: unknown) => {
    throw readProperty(cause, 'code') === 'ERR_MODULE_NOT_FOUND'
      ? new ServiceClientMissingError(service, 'mssql', { cause })
      : cause;
  });
  return mssql;
}

/**
 * How to connect to where the client does; of a pool, what it was made with.
 *
 * @throws {ServiceRefusedError} `SERVICE_REFUSED`: a pool that does not tell.
 */
export function configOf(service: string, mssql: Mssql, client: MssqlClient): PoolConfig {
  if (typeof client === 'string') return mssql.ConnectionPool.parseConnectionString(client);
  if (!isPool(client)) return client;
  const config = readProperty(client, 'config');
  if (typeof config === 'object' && config !== null) return config as PoolConfig;
  const fix = 'Its pool does not tell what it was made with: pass options or a connection string.';
  throw new ServiceRefusedError(service, fix);
}

export function addParameters(
  mssql: Mssql,
  request: Request,
  parameters: BatchParameters,
): Request {
  for (const [name, parameter] of Object.entries(parameters)) {
    if ('bigint' in parameter) {
      request.input(name, mssql.BigInt, parameter.bigint);
      continue;
    }
    const length = parameter.length === 'max' ? mssql.MAX : parameter.length;
    request.input(name, mssql.NVarChar(length), parameter.text);
  }
  return request;
}
