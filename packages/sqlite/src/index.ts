/**
 * Drivers on node:sqlite, which comes with Node: durable runs, documents, counters, locks and pools in one local file.
 * @module
 */
export { type SqliteCounterOptions, sqliteCounter } from './counters/sqlite-counter.ts';
export type { SqliteFileOptions } from './database-options.ts';
export {
  type SqliteDocumentStoreOptions,
  sqliteDocumentStore,
} from './documents/sqlite-document-store.ts';
export { type SqliteLockOptions, sqliteLock } from './locks/sqlite-lock.ts';
export type { Synchronous } from './open-connection.ts';
export { type SqlitePoolsOptions, sqlitePools } from './pools/sqlite-pools.ts';
export { type SqliteRunStoreOptions, sqliteRunStore } from './run-store/sqlite-run-store.ts';
export {
  StoreBusyError,
  StoreClosedError,
  StoreCorruptError,
  StoreError,
  StoreForeignError,
  StoreFullError,
  StoreIoError,
  StoreOpenFailedError,
  StoreOptionError,
  StoreReadOnlyError,
  StoreSchemaNewerError,
} from './store-errors.ts';
