/**
 * A storage account that is reached through two proxies: one fails on command, the one behind it writes down
 * what arrives.
 * @module
 */
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import type { RecordedRequest } from '../http/recording-proxy.ts';
import { faultyAccount } from './faulty-account.ts';

export interface WatchedAccount {
  /** As the account's, but for the way through the proxies. */
  readonly connectionString: string;
  readonly network: FaultProxy;
  /** What has arrived so far. */
  readonly requests: readonly RecordedRequest[];
  /** The same in words, since the last call. */
  said(): string[];
  close(): Promise<void>;
}

/** @param connectionString - of an emulator: it names its `BlobEndpoint`. */
export async function watchedAccount(connectionString: string): Promise<WatchedAccount> {
  const { connectionString: recorded, proxy } = await faultyAccount(connectionString);
  const network = await faultProxy({ url: recorded });
  let told = 0;
  return {
    connectionString: network.url,
    network,
    requests: proxy.requests,
    said() {
      const since = proxy.requests.slice(told);
      told = proxy.requests.length;
      return since.map(operationOf);
    },
    async close() {
      await network.close();
      await proxy.close();
    },
  };
}

/** What a request wants: `acquire`, `renew`, `release`, `break`, or what it does to the blob. */
export function operationOf({ method, path, headers }: RecordedRequest): string {
  const { searchParams } = new URL(path, 'http://account');
  if (searchParams.get('comp') === 'lease') return String(headers['x-ms-lease-action']);
  if (searchParams.get('comp') === 'metadata') return 'write metadata';
  const what = searchParams.get('restype') === 'container' ? 'container' : 'blob';
  return `${method === 'PUT' ? 'make' : method} ${what}`;
}
