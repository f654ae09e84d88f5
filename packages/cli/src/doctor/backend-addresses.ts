/**
 * Which backends there are to examine: those that were named, and those that the environment names.
 * @module
 */
import { hasCode } from '@runafter/errors';
import { parseStoreUrl, type StoreAddress } from '../store-url.ts';
import type { BackendAddress } from './backend.ts';

/** The variables in which a program finds its backends. */
export const variables = [
  'RUNAFTER_STORE',
  'REDIS_URL',
  'DATABASE_URL',
  'MSSQL_URL',
  'AZURE_STORAGE_CONNECTION_STRING',
] as const;

/**
 * The backends of the command line and of the environment, each once. What a variable names that is none of
 * ours, such as a MySQL, is left out.
 *
 * @throws {StoreUrlError} `CLI_STORE_INVALID`: one of the command line.
 */
export function backendAddresses(
  stores: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly BackendAddress[] {
  const fromEnvironment = variables.flatMap((source) => {
    const url = env[source];
    return url === undefined || !isBackend(url) ? [] : [{ url, source }];
  });
  const named = stores.map((url) => ({ url, source: '--store' }));
  const found = new Map<string, BackendAddress>();
  for (const { url, source } of [...named, ...fromEnvironment]) {
    if (!found.has(url)) found.set(url, { ...backendOf(url), source });
  }
  return [...found.values()];
}

function isBackend(url: string): boolean {
  try {
    backendOf(url);
    return true;
  } catch (error) {
    if (hasCode(error, 'CLI_STORE_INVALID')) return false;
    throw error;
  }
}

/** Connection strings are of the two that keep no runs; everything else is the URL of a store. */
function backendOf(url: string): Omit<StoreAddress, 'kind'> & Pick<BackendAddress, 'kind'> {
  if (/^mssql:\/\//i.test(url) || /(^|;)\s*(server|data source)\s*=/i.test(url)) {
    const server = /(?:server|data source)\s*=\s*([^;]+)/i.exec(url)?.[1];
    const label = server === undefined ? new URL(url).host : server;
    return { kind: 'mssql', address: url, label: `SQL Server ${label}` };
  }
  if (/(^|;)\s*(AccountName|BlobEndpoint|UseDevelopmentStorage)\s*=/i.test(url)) {
    const account = /(?:AccountName|BlobEndpoint)\s*=\s*([^;]+)/i.exec(url)?.[1] ?? 'emulator';
    return { kind: 'azure-blob', address: url, label: `Azure Blob Storage ${account}` };
  }
  return parseStoreUrl(url);
}
