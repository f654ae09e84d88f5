/**
 * HTTP: the REST interface of Blob Storage as a resource with ETags, and a counter that is spread over
 * five of its documents. It has no place for the ids of writes, so an update of a document whose reply is
 * lost has an unknown outcome. Additions have none: a shard itself knows which operations it holds.
 * @module
 */
import { httpDocumentStore } from '@runafter/http';
import { blobResource } from '../../../http/blob-resource.ts';
import { defineBackend } from '../backend.ts';
import { shardedOn } from '../sharded.ts';

/** How many blobs a page lists; nothing is listed here. */
const pageSize = 1_000;

export const backend = defineBackend({
  name: 'http',
  place: 'azurite',
  additions: { full: 100_000, quick: 2_000 },
  inFlight: 500,
  isWrite: /^PUT /,
  async openCounter({ url, container }) {
    return shardedOn(httpDocumentStore(await blobResource(url, container, 'counter/', pageSize)));
  },
  async openDocuments({ url, container }) {
    return httpDocumentStore(await blobResource(url, container, 'journal/', pageSize));
  },
});
