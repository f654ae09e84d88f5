/**
 * Locks as leases of blobs: one name is one empty blob, which is leased by whoever holds the name. Its
 * metadata counts the tokens.
 *
 * Invariant: a token is granted only when the metadata has it with this owner, and the metadata is written
 * only under the owner's lease and at the ETag that it was read with. So no token is granted twice, and a
 * write that arrives late changes nothing. Read next: lock-record-memory.ts, lock-blob-name.ts,
 * azure-errors.ts.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/lease-blob
 * @module
 */
import type { BlobLeaseClient, BlockBlobClient } from '@azure/storage-blob';
import type { WaitOptions } from '@runafter/clock';
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import type { AcquireRequest, Busy, Granted, LeaseDriver, LeaseRequest } from '@runafter/lock';
import { BlobRequests, type BlobRequestsOptions } from './blob-requests.ts';
import type { ContainerClients } from './container-clients.ts';
import { lockBlobName } from './lock-blob-name.ts';
import { LockHolders } from './lock-holders.ts';
import {
  holderOf,
  type LockRecord,
  metadataOfLock,
  ownerOf,
  readLockMetadata,
} from './lock-record.ts';
import { LockRecordMemory } from './lock-record-memory.ts';
import { quoted } from './quoted-etag.ts';

/** What the driver works with. */
export interface BlobLeaseDriverOptions extends Omit<BlobRequestsOptions, 'rights'> {
  /** Called by every request; makes the clients at the first one. */
  readonly clients: () => Promise<ContainerClients>;
  /** What the names of blobs begin with. */
  readonly namePrefix: string;
}

/** A blob, as one owner has to do with it. */
interface Target {
  readonly blob: BlockBlobClient;
  readonly lease: BlobLeaseClient;
  readonly leaseId: string;
  /** As a {@link LockRecord} has it. */
  readonly owner: string;
}

/** How often it is begun anew when the blob vanishes or changes in between. */
const mostRounds = 4;

const uuidLength = 36;

export class BlobLeaseDriver implements LeaseDriver {
  readonly name: string;
  readonly queues = false;
  readonly ttlBounds = { shortest: 15_000, longest: 60_000, step: 1_000 };
  readonly #options: BlobLeaseDriverOptions;
  readonly #requests: BlobRequests;
  readonly #memory = new LockRecordMemory();
  readonly #holders: LockHolders;

  constructor(options: BlobLeaseDriverOptions) {
    this.name = options.service;
    this.#options = options;
    this.#holders = new LockHolders(options.clock);
    this.#requests = new BlobRequests({ ...options, rights: 'read and write blobs' });
  }

  async acquire(request: AcquireRequest, options: WaitOptions): Promise<Granted | Busy> {
    const target = await this.#target(request);
    for (let round = 1; round <= mostRounds; round++) {
      const leased = await this.#requests.change(options, (abortSignal) =>
        target.lease.acquireLease(request.ttl / 1_000, { abortSignal }),
      );
      if (leased === 'absent' || leased === 'without container') {
        await this.#make(target, options);
        continue;
      }
      if (typeof leased === 'string') {
        const readHolder = () => this.#readHolder(target.blob, options);
        return { granted: false, heldBy: await this.#holders.find(target.blob.name, readHolder) };
      }
      this.#holders.forget(target.blob.name);
      const token = await this.#takeTokenOrRelease(request, target, quoted(leased.etag), options);
      if (token !== undefined) return { granted: true, token };
    }
    const cause = new Error(`Something else deletes or writes the blob "${target.blob.name}".`);
    throw new ServiceUnavailableError(this.name, 'unknown', { cause });
  }

  async renew(request: LeaseRequest, _ttl: number, options: WaitOptions): Promise<boolean> {
    const { lease, leaseId } = await this.#target(request);
    const reply = await this.#requests.change(options, (abortSignal) =>
      lease.renewLease({ abortSignal }),
    );
    // Azurite renews a lease that has expired for whoever asks, and says whose it is.
    return typeof reply !== 'string' && reply.leaseId === leaseId;
  }

  async release(request: LeaseRequest, options: WaitOptions): Promise<void> {
    const { lease } = await this.#target(request);
    await this.#requests.change(options, (abortSignal) => lease.releaseLease({ abortSignal }));
  }

  async close(): Promise<void> {
    // The client holds nothing but idle connections, which end by themselves and keep no process alive.
  }

  async #target({ name, owner }: LeaseRequest): Promise<Target> {
    const { writes } = await this.#options.clients();
    const blob = writes.getBlockBlobClient(lockBlobName(this.#options.namePrefix, name));
    const leaseId = owner.slice(-uuidLength);
    return { blob, leaseId, lease: blob.getBlobLeaseClient(leaseId), owner: ownerOf(owner) };
  }

  /**
   * The blob, and the container if need be. Who makes it gets the first token with it, unless somebody else
   * is faster to lease it. That somebody else was faster to make it is as well.
   */
  async #make({ blob, owner }: Target, options: WaitOptions): Promise<void> {
    const record = { token: 1n, owner };
    const put = () =>
      this.#requests.change(options, (abortSignal) =>
        blob.upload('', 0, {
          abortSignal,
          conditions: { ifNoneMatch: '*' },
          metadata: metadataOfLock(record),
        }),
      );
    let made = await put();
    if (made === 'without container') {
      const { writes } = await this.#options.clients();
      await this.#requests.ask(options, (abortSignal) => writes.createIfNotExists({ abortSignal }));
      made = await put();
    }
    if (typeof made !== 'string') this.#memory.remember(blob.name, quoted(made.etag), record);
  }

  /** A refusal tells the caller that nothing was done, and every other failure that something may have been. */
  async #takeTokenOrRelease(
    request: LeaseRequest,
    target: Target,
    etag: string,
    options: WaitOptions,
  ): Promise<bigint | undefined> {
    try {
      return await this.#takeToken(target, etag, options);
    } catch (error) {
      if (!(error instanceof ServiceRefusedError)) throw inDoubt(error);
      await this.release(request, options).catch((failure) => Promise.reject(inDoubt(failure)));
      throw error;
    }
  }

  /**
   * Under the lease.
   *
   * @returns undefined when the lease is not there any more, or the blob has changed.
   */
  async #takeToken(
    { blob, leaseId, owner }: Target,
    etag: string,
    options: WaitOptions,
  ): Promise<bigint | undefined> {
    const last = this.#memory.recall(blob.name, etag) ?? (await this.#read(blob, etag, options));
    if (last === undefined) return undefined;
    if (last.owner === owner) return last.token;
    const record = { token: last.token + 1n, owner };
    const written = await this.#requests.change(options, (abortSignal) =>
      blob.setMetadata(metadataOfLock(record), {
        abortSignal,
        conditions: { leaseId, ifMatch: etag },
      }),
    );
    if (typeof written === 'string') return undefined;
    this.#memory.remember(blob.name, quoted(written.etag), record);
    return record.token;
  }

  /** @returns undefined when it has another ETag by now. */
  async #read(
    blob: BlockBlobClient,
    etag: string,
    options: WaitOptions,
  ): Promise<LockRecord | undefined> {
    const reply = await this.#requests.ask(options, (abortSignal) =>
      blob.getProperties({ abortSignal, conditions: { ifMatch: etag } }),
    );
    if (typeof reply === 'string') return undefined;
    const record = readLockMetadata(reply.metadata);
    if (record === undefined) throw this.#unreadable(blob.name);
    this.#memory.remember(blob.name, etag, record);
    return record;
  }

  /** Who had the last token, if the blob is leased in the way that locks are. */
  async #readHolder(blob: BlockBlobClient, options: WaitOptions): Promise<string | undefined> {
    const reply = await this.#requests.ask(options, (abortSignal) =>
      blob.getProperties({ abortSignal }),
    );
    if (typeof reply === 'string' || reply.leaseDuration !== 'fixed') return undefined;
    const record = readLockMetadata(reply.metadata);
    if (record === undefined) return undefined;
    this.#memory.remember(blob.name, quoted(reply.etag), record);
    return holderOf(record);
  }

  #unreadable(blobName: string): ServiceRefusedError {
    const known = this.#memory.lastToken(blobName);
    const last = known === undefined ? '' : ` (${known}, as far as this process knows)`;
    const fix = `The metadata "token" of the blob "${blobName}" is missing or no number, because something else has written the metadata. Write the last token there${last}, or a greater one.`;
    return new ServiceRefusedError(this.name, fix);
  }
}

/** Whether or not this request was carried out, the one before it was. */
function inDoubt(error: unknown): unknown {
  if (!(error instanceof ServiceUnavailableError)) return error;
  const { service, cause, retryAfter } = error;
  return new ServiceUnavailableError(service, 'unknown', { cause, retryAfter });
}
