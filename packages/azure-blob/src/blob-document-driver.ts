/**
 * Documents as block blobs: one document is one blob, its ETag is the blob's.
 *
 * Invariant: every write is one Put Blob or Delete Blob with If-Match or If-None-Match: *, sent once. The
 * service compares and writes in one step, content and metadata together. Read next: blob-name.ts,
 * record-metadata.ts, azure-errors.ts.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 * @module
 */
import type { BlobItem } from '@azure/storage-blob';
import {
  type CallOptions,
  type DocumentDriver,
  DocumentKeyError,
  type DocumentRecord,
  type RecordEntry,
  type VersionedRecord,
  type WriteCondition,
} from '@runafter/optimistic';
import { leasedBlob } from './azure-errors.ts';
import { blobNameOf, keyOfBlob, longestBlobName, namePrefixOf } from './blob-name.ts';
import { BlobRequests, type BlobRequestsOptions } from './blob-requests.ts';
import type { ContainerClients } from './container-clients.ts';
import { quoted } from './quoted-etag.ts';
import { metadataOf, readMetadata } from './record-metadata.ts';

/** What the driver works with. */
export interface BlobDocumentDriverOptions extends Omit<BlobRequestsOptions, 'rights'> {
  /** Called by every request; makes the clients at the first one. */
  readonly clients: () => Promise<ContainerClients>;
  readonly keyPrefix: string;
  readonly pageSize: number;
}

const blobHTTPHeaders = { blobContentType: 'application/json; charset=utf-8' };

export class BlobDocumentDriver implements DocumentDriver {
  readonly name: string;
  readonly keepsFacts = true;
  readonly #options: BlobDocumentDriverOptions;
  readonly #requests: BlobRequests;

  constructor(options: BlobDocumentDriverOptions) {
    this.name = options.service;
    this.#options = options;
    const rights = 'read, write, delete and list blobs';
    this.#requests = new BlobRequests({ ...options, rights });
  }

  async read(key: string, options: CallOptions): Promise<VersionedRecord | undefined> {
    const { reads } = await this.#options.clients();
    const blob = reads.getBlobClient(this.#nameOf(key));
    const record = await this.#requests.ask(options, async (abortSignal) => {
      const reply = await blob.download(0, undefined, { abortSignal, maxRetryRequests: 0 });
      const content = await textOf(reply.readableStreamBody);
      const { isTombstone, facts } = readMetadata(reply.metadata);
      return { body: isTombstone ? undefined : content, facts, etag: quoted(reply.etag) };
    });
    return typeof record === 'string' ? undefined : record;
  }

  async write(
    key: string,
    record: DocumentRecord,
    condition: WriteCondition,
    options: CallOptions,
  ): Promise<string | undefined> {
    const { writes } = await this.#options.clients();
    const blob = writes.getBlockBlobClient(this.#nameOf(key));
    const { body = '' } = record;
    const put = () =>
      this.#requests.change(options, (abortSignal) =>
        blob.upload(body, Buffer.byteLength(body), {
          abortSignal,
          blobHTTPHeaders,
          conditions: condition,
          metadata: metadataOf(record),
        }),
      );
    let reply = await put();
    if (reply === 'without container' && 'ifNoneMatch' in condition) {
      await this.#requests.ask(options, (abortSignal) => writes.createIfNotExists({ abortSignal }));
      reply = await put();
    }
    if (reply === 'leased' && 'ifMatch' in condition) throw leasedBlob(this.name, key);
    return typeof reply === 'string' ? undefined : quoted(reply.etag);
  }

  async remove(key: string, etag: string, options: CallOptions): Promise<boolean> {
    const { writes } = await this.#options.clients();
    const blob = writes.getBlobClient(this.#nameOf(key));
    const reply = await this.#requests.change(options, (abortSignal) =>
      blob.delete({ abortSignal, conditions: { ifMatch: etag } }),
    );
    if (reply === 'leased') throw leasedBlob(this.name, key);
    return typeof reply !== 'string';
  }

  async *list(prefix: string, options: CallOptions): AsyncGenerator<RecordEntry> {
    const { clients, keyPrefix, pageSize } = this.#options;
    const { reads } = await clients();
    const blobs = reads.listBlobsFlat({
      includeMetadata: true,
      prefix: namePrefixOf(keyPrefix + prefix),
      ...(options.signal && { abortSignal: options.signal }),
    });
    let continuationToken: string | undefined;
    do {
      const pages = blobs.byPage({
        maxPageSize: pageSize,
        ...(continuationToken !== undefined && { continuationToken }),
      });
      const page = await this.#requests.ask(options, () => pages.next());
      if (typeof page === 'string' || page.done) return;
      for (const item of page.value.segment.blobItems) {
        const entry = entryOf(item, keyPrefix);
        if (entry?.key.startsWith(prefix)) yield entry;
      }
      ({ continuationToken } = page.value);
    } while (continuationToken);
  }

  async close(): Promise<void> {
    // The client holds nothing but idle connections, which end by themselves and keep no process alive.
  }

  #nameOf(key: string): string {
    const name = blobNameOf(this.#options.keyPrefix + key);
    if (name.length <= longestBlobName) return name;
    const problem = `its blob would have a name of ${name.length} characters, and ${longestBlobName} are possible`;
    throw new DocumentKeyError(this.name, key, problem);
  }
}

function entryOf(item: BlobItem, keyPrefix: string): RecordEntry | undefined {
  const key = keyOfBlob(item.name);
  if (!key?.startsWith(keyPrefix) || key === keyPrefix) return undefined;
  const { isTombstone } = readMetadata(item.metadata);
  return { key: key.slice(keyPrefix.length), etag: quoted(item.properties.etag), isTombstone };
}

async function textOf(content: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
