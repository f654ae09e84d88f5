/**
 * A storage account that is reached through a proxy.
 * @module
 */
import { type RecordingProxy, recordingProxy } from '../http/recording-proxy.ts';

export interface FaultyAccount {
  /** As the account's, but for the way through the proxy. */
  readonly connectionString: string;
  readonly proxy: RecordingProxy;
}

/** @param connectionString - of an emulator: it names its `BlobEndpoint`. */
export async function faultyAccount(connectionString: string): Promise<FaultyAccount> {
  const [, endpoint = ''] = /BlobEndpoint=([^;]+)/.exec(connectionString) ?? [];
  const { origin } = new URL(endpoint);
  const proxy = await recordingProxy(origin);
  return { connectionString: connectionString.replace(origin, proxy.url), proxy };
}
