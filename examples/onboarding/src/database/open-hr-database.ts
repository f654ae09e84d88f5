/**
 * Chooses the database of the people department: SQLite, unless the environment names another one.
 * @module
 */
import { resolve } from 'node:path';
import type { HrDatabase } from './hr-database.ts';

/** The environment variable that names a PostgreSQL or an SQL Server. */
export const databaseVariable = 'ONBOARDING_DATABASE_URL';

/** Where a batch is kept; it goes through JSON, to other processes that use it. */
export interface DatabasePlace {
  readonly kind: 'sqlite' | 'postgres' | 'mssql';
  /** A folder for SQLite, a URL for PostgreSQL, a connection string for SQL Server. */
  readonly at: string;
  readonly batch: string;
}

/** The environment names a database that nobody knows how to reach. */
export class DatabasePlaceError extends Error {
  override readonly name = 'DatabasePlaceError';
}

/**
 * @param named - what the environment says; undefined or empty for SQLite.
 * @param folder - where the SQLite files are made.
 * @throws {DatabasePlaceError}
 */
export function databasePlace(
  named: string | undefined,
  folder: string,
  batch: string,
): DatabasePlace {
  if (!named) return { kind: 'sqlite', at: resolve(folder), batch };
  if (/^postgres(?:ql)?:\/\//.test(named)) return { kind: 'postgres', at: named, batch };
  if (/^(?:server|data source)=/i.test(named)) return { kind: 'mssql', at: named, batch };
  // It is not repeated: there may be a password in it.
  throw new DatabasePlaceError(
    `${databaseVariable} is neither a URL of PostgreSQL (postgres://…) nor a connection string of ` +
      'SQL Server (Server=…). Change it, or leave it out for SQLite.',
  );
}

/** Opens it, and makes what is missing in it. Clients are loaded only where they are needed. */
export async function openHrDatabase({ kind, at, batch }: DatabasePlace): Promise<HrDatabase> {
  switch (kind) {
    case 'sqlite':
      return (await import('./sqlite-hr-database.ts')).sqliteHrDatabase(at, batch);
    case 'postgres':
      return (await import('./postgres-hr-database.ts')).postgresHrDatabase(at, batch);
    case 'mssql':
      return (await import('./mssql-hr-database.ts')).mssqlHrDatabase(at, batch);
  }
}
