/**
 * Drivers on node:sqlite, which comes with Node: a store of durable runs in one local file.
 * @module
 */
export type { Synchronous } from './open-connection.ts';
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
