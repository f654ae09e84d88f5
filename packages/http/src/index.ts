/**
 * Documents on any REST resource with an ETag, over the global fetch; SharePoint and Dataverse are ready made.
 * @module
 */
export { type DataverseTableOptions, dataverseRows } from './dataverse-rows.ts';
export { type HttpDocumentStoreOptions, httpDocumentStore } from './http-document-store.ts';
export type {
  HttpEntry,
  HttpListing,
  HttpMeaning,
  HttpOperation,
  HttpReply,
  HttpResource,
  TokenProvider,
} from './http-resource.ts';
export type { RowFieldOptions } from './row-fields.ts';
export { type SharePointListOptions, sharePointListItems } from './share-point-list-items.ts';
