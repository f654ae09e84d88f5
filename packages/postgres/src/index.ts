/**
 * Drivers on PostgreSQL: a store of documents, counters, locks, pools, runs, and the migration that makes their tables.
 * @module
 */

export { type MigrateOptions, migrate } from './migrate.ts';
export { type MigrationSqlOptions, migrationSql } from './migration-sql.ts';
export { type PostgresCounterOptions, postgresCounter } from './postgres-counter.ts';
export {
  type PostgresDocumentStoreOptions,
  postgresDocumentStore,
} from './postgres-document-store.ts';
export { type PostgresLockOptions, postgresLock } from './postgres-lock.ts';
export { type PostgresPoolsOptions, postgresPools } from './postgres-pools.ts';
export { type PostgresRunStoreOptions, postgresRunStore } from './run-store/postgres-run-store.ts';
export type { PostgresClient } from './sessions.ts';
