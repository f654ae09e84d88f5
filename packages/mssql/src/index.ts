/**
 * Drivers on SQL Server: a store of documents, counters, and the migration that makes tables and procedures.
 * @module
 */
export type { MssqlClient } from './connection.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { type MigrationSqlOptions, migrationSql } from './migration-sql.ts';
export { type MssqlCounterOptions, mssqlCounter } from './mssql-counter.ts';
export { type MssqlDocumentStoreOptions, mssqlDocumentStore } from './mssql-document-store.ts';
