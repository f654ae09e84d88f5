/**
 * The clients through which a container is used: one for reads, and one for writes that never sends a
 * write twice.
 *
 * The client's own retry policy would: a conditional write that was done, and whose reply was lost, then
 * comes back as 412, as if somebody else had been faster.
 * @module
 */
import type { ContainerClient, StoragePipelineOptions } from '@azure/storage-blob';
import { readProperty, ServiceClientMissingError, ServiceOptionError } from '@runafter/errors';

/** How to reach a container, for whoever has no client of his own. */
export interface BlobContainerOptions {
  /** Of the storage account, with its key or a shared access signature. */
  readonly connectionString: string;
  /** The name of the container. It is made when it is missing. */
  readonly container: string;
}

/** Two views of one container. */
export interface ContainerClients {
  /** Retries as the user's client does. */
  readonly reads: ContainerClient;
  /** Sends every request once. */
  readonly writes: ContainerClient;
}

type Sdk = typeof import('@azure/storage-blob');

/** The name of the container, for messages. */
export function containerNameOf(source: ContainerClient | BlobContainerOptions): string {
  return 'connectionString' in source ? source.container : source.containerName;
}

/** @throws {ServiceOptionError} `SERVICE_OPTION_INVALID` */
export function assertContainerSource(
  source: unknown,
): asserts source is ContainerClient | BlobContainerOptions {
  const given = (source ?? {}) as Partial<ContainerClient & BlobContainerOptions>;
  if (typeof given.getBlockBlobClient === 'function') return;
  for (const option of ['connectionString', 'container'] as const) {
    if (typeof given[option] === 'string' && given[option] !== '') continue;
    throw new ServiceOptionError(
      'Blob container',
      option,
      'is missing. Pass a ContainerClient, or { connectionString, container }.',
    );
  }
}

/** Makes the clients at the first call, once. Throws as {@link containerClients}. */
export function lazyContainerClients(
  service: string,
  source: ContainerClient | BlobContainerOptions,
): () => Promise<ContainerClients> {
  let clients: Promise<ContainerClients> | undefined;
  return () => {
    clients ??= containerClients(service, source);
    return clients;
  };
}

/**
 * @param source - a client, of which another one is derived that shares its credential, its transport and
 *   its policies; or what is needed to make one, which then retries nothing.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {ServiceClientMissingError} `SERVICE_CLIENT_MISSING`
 */
async function containerClients(
  service: string,
  source: ContainerClient | BlobContainerOptions,
): Promise<ContainerClients> {
  const sdk = await loadSdk(service);
  if (!('connectionString' in source)) {
    return { reads: source, writes: withoutRetries(service, sdk, source) };
  }
  const client = connect(service, sdk, source);
  return { reads: client, writes: client };
}

function connect(
  service: string,
  sdk: Sdk,
  { connectionString, container }: BlobContainerOptions,
): ContainerClient {
  try {
    return new sdk.ContainerClient(connectionString, container, { retryOptions: { maxTries: 1 } });
  } catch {
    // No cause: it might show the account's key.
    throw new ServiceOptionError(
      service,
      'connectionString',
      'cannot be read. Copy it from "Access keys" of the storage account, or use a ContainerClient.',
    );
  }
}

function withoutRetries(service: string, sdk: Sdk, client: ContainerClient): ContainerClient {
  if (!(client instanceof sdk.ContainerClient)) {
    throw new ServiceOptionError(
      service,
      'client',
      'comes from another copy of @azure/storage-blob. Make sure that only one is installed (npm ls @azure/storage-blob).',
    );
  }
  // Not in the client's types, but the only place where its transport and proxy are to be had.
  const given = readProperty(client, 'pipeline');
  const options = (readProperty(given, 'options') ?? {}) as StoragePipelineOptions;
  const pipeline = sdk.newPipeline(client.credential, {
    ...options,
    retryOptions: { ...options.retryOptions, maxTries: 1 },
  });
  pipeline.factories.push(...((readProperty(given, 'factories') ?? []) as never[]));
  return new sdk.ContainerClient(client.url, pipeline);
}

async function loadSdk(service: string): Promise<Sdk> {
  try {
    return await import('@azure/storage-blob');
  } catch (cause) {
    throw new ServiceClientMissingError(service, '@azure/storage-blob', { cause });
  }
}
