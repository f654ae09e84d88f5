/**
 * Brings a database to what this version of the package needs.
 * @module
 */
import type { CallOptions } from '@runafter/optimistic';
import { Connection } from './connection.ts';
import { migrationSql } from './migration-sql.ts';
import type { MssqlClient } from './mssql-client.ts';

/** Options of {@link migrate}. */
export interface MigrateOptions extends CallOptions {
  /** The schema in which everything is kept; it is created. Default `runafter`. */
  readonly schema?: string | undefined;
}

/**
 * Creates the schema, its tables and its procedures, or what is missing of them. Call it whenever the
 * program starts: when there is nothing to do it only looks, and of many processes that call it at once,
 * one does the work while the others wait. Then the user needs no right to create anything, but SELECT on the
 * table `migrations`: what one may not use, SQL Server hides.
 *
 * @param client - a connected pool, or how to connect.
 * @throws {ServiceRefusedError} `SERVICE_REFUSED`: the user may not create a schema, or something in it.
 * @throws {ServiceUnavailableError} `SERVICE_UNAVAILABLE`: whether it was done may not be known: call it again.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * await migrate(pool);
 */
export async function migrate(client: MssqlClient, options: MigrateOptions = {}): Promise<void> {
  const { schema, signal } = options;
  const sql = migrationSql({ schema });
  const connection = new Connection('SQL Server migration', client);
  try {
    await connection.run(sql, {}, { signal });
  } finally {
    await connection.close();
  }
}
