/**
 * Drivers on Azure Blob Storage: documents as blobs, guarded by their ETags.
 * @module
 */
export { type BlobDocumentStoreOptions, blobDocumentStore } from './blob-document-store.ts';
export type { BlobContainerOptions } from './container-clients.ts';
