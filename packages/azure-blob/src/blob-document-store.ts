/**
 * The DocumentStore on Azure Blob Storage.
 *
 * What is said of stores in general stands with the port; blob-document-driver.ts is what is particular to
 * blobs.
 * @module
 */
import type { ContainerClient } from '@azure/storage-blob';
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { ServiceOptionError } from '@runafter/errors';
import { type DocumentStore, type DocumentStoreOptions, documentStore } from '@runafter/optimistic';
import { BlobDocumentDriver } from './blob-document-driver.ts';
import {
  assertContainerSource,
  type BlobContainerOptions,
  containerNameOf,
  lazyContainerClients,
} from './container-clients.ts';

/** Options of {@link blobDocumentStore}. */
export interface BlobDocumentStoreOptions<T> extends DocumentStoreOptions<T> {
  /**
   * Stands before every key, so that several stores can share a container: `'orders/'`. Default: none.
   */
  readonly prefix?: string | undefined;
  /** How long one request may take. Default '30s'. */
  readonly timeout?: Duration | undefined;
  /** How many blobs one request lists at most, 1 to 5000. Default 5000. */
  readonly pageSize?: number | undefined;
  /** By which requests time out. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/**
 * Keeps documents as blobs of a container, one blob each. The container is made by the first `create`
 * when it is missing.
 *
 * @param source - a `ContainerClient`, which stays yours; or a connection string and the container's name.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const orders = blobDocumentStore<Order>({ connectionString, container: 'orders' });
 * await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 */
export function blobDocumentStore<T>(
  source: ContainerClient | BlobContainerOptions,
  options: BlobDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  assertContainerSource(source);
  const { prefix: keyPrefix = '', pageSize = 5_000, clock = systemClock } = options;
  const container = `Blob container "${containerNameOf(source)}"`;
  const name = keyPrefix === '' ? container : `${container}, prefix ${JSON.stringify(keyPrefix)}`;
  if (!(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= 5_000)) {
    throw new ServiceOptionError(
      name,
      'pageSize',
      `is ${pageSize}. Pass a whole number, 1 to 5000.`,
    );
  }
  const driver = new BlobDocumentDriver({
    ...{ service: name, keyPrefix, pageSize, clock },
    timeoutMs: parseDuration(options.timeout ?? '30s', 'timeout'),
    clients: lazyContainerClients(name, source),
  });
  return documentStore(driver, options);
}
