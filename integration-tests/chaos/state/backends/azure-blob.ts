/**
 * Azure Blob Storage: documents with ETags, and a counter that is spread over five of them. The additions
 * of a process share its writes.
 * @module
 */
import { blobDocumentStore } from '@runafter/azure-blob';
import { defineBackend } from '../backend.ts';
import { shardedOn } from '../sharded.ts';

export const backend = defineBackend({
  name: 'azure-blob',
  place: 'azurite',
  additions: { full: 100_000, quick: 2_000 },
  inFlight: 500,
  isWrite: /^PUT /,
  openCounter: (place) => shardedOn(blobDocumentStore(sourceOf(place))),
  openDocuments: (place) => blobDocumentStore(sourceOf(place)),
});

function sourceOf({ url, container }: { readonly url: string; readonly container: string }) {
  return { connectionString: url, container };
}
