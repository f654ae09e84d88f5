/**
 * Azure Blob Storage: the lease calls of @azure/storage-blob on a blob that is there. What these lack: a token
 * (which is written to the blob under the lease, another request or two), renewals, and any way to wait but to
 * ask again.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { placeIn } from '../../harness/bench-places.ts';
import { type Acquire, contenderOf, type OpenContender, type Release } from '../contender.ts';
import type { Backend, Peer } from './backend.ts';

/** Seconds. */
const leaseFor = 30;

/** @returns what gives undefined when somebody else has the lease. */
async function openRaw(name: string): Promise<() => Promise<Release | undefined>> {
  const { ContainerClient, RestError } = await import('@azure/storage-blob');
  const { url, container } = placeIn('azurite');
  const blob = new ContainerClient(url, container).getBlockBlobClient(`${name}.raw`);
  const isCoded = (error: unknown, ...codes: string[]) =>
    error instanceof RestError && codes.includes(error.code ?? '');
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    // Another client has made it, and may have leased it.
    if (!isCoded(error, 'BlobAlreadyExists', 'LeaseIdMissing')) throw error;
  }
  return async () => {
    const lease = blob.getBlobLeaseClient(randomUUID());
    try {
      await lease.acquireLease(leaseFor);
      return () => lease.releaseLease();
    } catch (error) {
      if (isCoded(error, 'LeaseAlreadyPresent')) return undefined;
      throw error;
    }
  };
}

/** What waits by asking again, after a time in between, in milliseconds. */
export function polling(
  title: string,
  { min, max }: { readonly min: number; readonly max: number },
): Peer {
  return {
    title,
    async open(name) {
      const tryAcquire = await openRaw(name);
      const acquire: Acquire = async () => {
        for (;;) {
          const release = await tryAcquire();
          if (release !== undefined) return release;
          await setTimeout(min + Math.random() * (max - min));
        }
      };
      return acquire;
    },
  };
}

export const blobLocks: OpenContender = contenderOf(async () => {
  const { blobLock } = await import('@runafter/azure-blob');
  const { url, container } = placeIn('azurite');
  return blobLock({ connectionString: url, container }, { wait: '5m' });
});

export const polledEverySecond: Peer = polling('polled every 1 s', { min: 1_000, max: 1_000 });

export const blob: Backend = {
  title: 'blob lock',
  needs: 'azurite',
  ours: blobLocks,
  uncontended: { peer: { ...polledEverySecond, title: 'acquireLease, releaseLease' }, each: 5 },
  handOver: { peer: polledEverySecond, held: { min: 500, max: 3_000 }, names: 10, each: 2 },
};
