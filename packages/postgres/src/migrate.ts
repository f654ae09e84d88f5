/**
 * Brings a database to what this version of the package needs.
 * @module
 */
import { readProperty, ServiceRefusedError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';
import { Connection } from './connection.ts';
import { migrationSql } from './migration-sql.ts';
import { isForbidden } from './postgres-errors.ts';
import type { PostgresClient } from './sessions.ts';

const service = 'PostgreSQL migration';

/** What the drivers say of a missing right is about the tables: here there is something to create. */
const whoMay =
  "Have the schema's owner call it, or run what migrationSql() gives; or grant this role CREATE on the schema, " +
  'or on the database where there is no schema yet.';

/** Options of {@link migrate}. */
export interface MigrateOptions extends CallOptions {
  /** The schema in which everything is kept; it is created. Default `runafter`. */
  readonly schema?: string | undefined;
}

/**
 * Creates the schema and its tables, or what is missing of them. Call it whenever the program starts: when
 * there is nothing to do it only looks, and of many processes that call it at once, one does the work
 * while the others wait. Then the role needs no right to create anything.
 *
 * @param client - a pool, or how to connect.
 * @throws {ServiceRefusedError} `SERVICE_REFUSED`: the role may not create a schema, or tables in it.
 * @throws {ServiceUnavailableError} `SERVICE_UNAVAILABLE`: whether it was done is not known: call it again.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * await migrate(pool);
 */
export async function migrate(client: PostgresClient, options: MigrateOptions = {}): Promise<void> {
  const { schema, signal } = options;
  const sql = migrationSql({ schema });
  const connection = new Connection(service, client);
  try {
    await connection.runScript(sql, { signal });
  } catch (error) {
    const cause = readProperty(error, 'cause');
    throw isForbidden(cause) ? new ServiceRefusedError(service, whoMay, { cause }) : error;
  } finally {
    await connection.close();
  }
}
