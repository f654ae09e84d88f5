/**
 * Drivers on Azure Blob Storage: documents as blobs, guarded by their ETags, and locks as leases of blobs.
 * @module
 */
export { type BlobDocumentStoreOptions, blobDocumentStore } from './blob-document-store.ts';
export { type BlobLockOptions, blobLock } from './blob-lock.ts';
export type { BlobContainerOptions } from './container-clients.ts';
