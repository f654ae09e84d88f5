/**
 * Azure Blob Storage: a lock is the lease of a blob, which lasts 15 seconds at least. So many are held
 * side by side when a process is paused.
 * @module
 */
import { blobDocumentStore } from '@runafter/azure-blob';
import { openLock } from '../../../lock/open-lock.ts';
import { defineLockBackend } from '../backend.ts';

export const backend = defineLockBackend({
  name: 'azure-blob',
  place: 'azurite',
  ttl: 15_000,
  heldAtOnce: 34,
  rest: 2_000,
  isWrite: /^PUT /,
  openLock: (place) => openLock({ backend: 'azure-blob', place }),
  openDocuments: ({ url, container }) => blobDocumentStore({ connectionString: url, container }),
});
