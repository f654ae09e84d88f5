/**
 * Azure Blob Storage: a pool is one blob, which everybody writes as a whole.
 * @module
 */
import { blobDocumentStore } from '@runafter/azure-blob';
import { openPools } from '../../../claim/open-pools.ts';
import { defineClaimBackend } from '../backend.ts';

export const backend = defineClaimBackend({
  name: 'azure-blob',
  place: 'azurite',
  ttl: 2_000,
  pools: 1,
  rest: 400,
  note: 'a pool is one blob; a lease ends when who waits has watched it for its time.',
  isWrite: /^PUT /,
  openPools: (place) => openPools({ backend: 'azure-blob', place }),
  openDocuments: ({ url, container }) => blobDocumentStore({ connectionString: url, container }),
});
