/**
 * The Lock on Azure Blob Storage.
 *
 * What is said of locks in general stands with the port; blob-lease-driver.ts is what is particular to blobs.
 * @module
 */
import type { ContainerClient } from '@azure/storage-blob';
import { type Duration, parseDuration, systemClock } from '@runafter/clock';
import { ServiceOptionError } from '@runafter/errors';
import { type Lock, type LockOptions, leaseLock } from '@runafter/lock';
import { BlobLeaseDriver } from './blob-lease-driver.ts';
import { namePrefixOf } from './blob-name.ts';
import {
  assertContainerSource,
  type BlobContainerOptions,
  containerNameOf,
  lazyContainerClients,
} from './container-clients.ts';
import { longestLockPrefix } from './lock-blob-name.ts';

/** Options of {@link blobLock}. */
export interface BlobLockOptions extends LockOptions {
  /**
   * What the names of the blobs begin with: the lock `daily-report` is the blob `locks/daily-report.lock`. Up
   * to 900 characters; ends in a slash, or is ''. Locks with different prefixes never meet. Default 'locks/'.
   */
  readonly prefix?: string | undefined;
  /** How long one request may take. Default '10s'. */
  readonly timeout?: Duration | undefined;
}

/**
 * Makes locks on leases of blobs, one blob each. The blob, and the container, are made when they are missing.
 *
 * A `ttl` is 15 to 60 whole seconds, which are the service's bounds. The service tells nobody of a release, so waiting
 * is polling: a shorter `poll` notices a release sooner and costs more requests. Of the callers who wait for the
 * same name in one process, one asks at a time. Waiters of different processes are not in any order.
 *
 * @param source - a `ContainerClient`, which stays yours; or a connection string and the container's name.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`: such as a ttl of 14 seconds.
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const lock = blobLock({ connectionString, container: 'jobs' });
 * await using lease = await lock.acquire('daily-report', { wait: '2m' });
 * await writeReport({ signal: lease.signal });
 */
export function blobLock(
  source: ContainerClient | BlobContainerOptions,
  options: BlobLockOptions = {},
): Lock {
  assertContainerSource(source);
  const { prefix = 'locks/', timeout = '10s', ...others } = options;
  const service = `Blob locks ${JSON.stringify(`${containerNameOf(source)}/${prefix}`)}`;
  const namePrefix = namePrefixOf(prefix);
  if (namePrefix.length > longestLockPrefix) {
    const fix = `makes ${namePrefix.length} characters of a blob's name. Pass at most ${longestLockPrefix}.`;
    throw new ServiceOptionError(service, 'prefix', fix);
  }
  // A name's own slashes are escaped, so the last one of a blob's name shows where the prefix ends.
  if (namePrefix !== '' && !namePrefix.endsWith('/')) {
    const fix =
      "does not end in a slash behind a letter or a digit. Pass one such as 'locks/', or ''.";
    throw new ServiceOptionError(service, 'prefix', fix);
  }
  const driver = new BlobLeaseDriver({
    ...{ service, namePrefix, clock: options.clock ?? systemClock },
    timeoutMs: parseDuration(timeout, 'timeout'),
    clients: lazyContainerClients(service, source),
  });
  return leaseLock(driver, others);
}
