/**
 * Drivers on SQL Server: a store of documents, counters, locks, pools, and the migration that makes tables and
 * procedures.
 * @module
 */
export { type MigrateOptions, migrate } from './migrate.ts';
export { type MigrationSqlOptions, migrationSql } from './migration-sql.ts';
export type { MssqlClient } from './mssql-client.ts';
export { type MssqlCounterOptions, mssqlCounter } from './mssql-counter.ts';
export { type MssqlDocumentStoreOptions, mssqlDocumentStore } from './mssql-document-store.ts';
export { type MssqlLockOptions, mssqlLock } from './mssql-lock.ts';
export { type MssqlPoolsOptions, mssqlPools } from './mssql-pools.ts';
