/**
 * Documents that nobody overwrites unread: the DocumentStore port, fences, and update().
 * @module
 */
export { type Codec, jsonCodec } from './codec.ts';
export type {
  DocumentDriver,
  DocumentRecord,
  RecordEntry,
  VersionedRecord,
  WriteCondition,
} from './document-driver.ts';
export {
  DocumentError,
  DocumentExistsError,
  DocumentInvalidError,
  DocumentKeyError,
  DocumentOperationError,
  DocumentOptionError,
  EtagMismatchError,
  OutcomeUnknownError,
} from './document-errors.ts';
export type { DocumentStoreOptions } from './document-options.ts';
export type {
  CallOptions,
  DocumentEntry,
  DocumentStore,
  RecentWrites,
  StoredDocument,
  WriteOptions,
} from './document-port.ts';
export { documentStore } from './document-store.ts';
export type { Fence, StoredFence } from './fence.ts';
export {
  FenceError,
  FenceInvalidError,
  FenceRequiredError,
  FenceStaleError,
  FenceUnsupportedError,
} from './fence-errors.ts';
export { memoryDocumentStore } from './memory-document-store.ts';
export type { Updated } from './update/pending-update.ts';
export { update } from './update/update.ts';
export {
  UpdateContendedError,
  UpdateOptionError,
  UpdateTimedOutError,
} from './update/update-errors.ts';
export type { UpdateOptions } from './update/update-options.ts';
